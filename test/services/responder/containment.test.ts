import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import type { Containment } from '#libs/model/containment.ts';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import { containmentOf, PROPOSAL_HOURS } from '#services/responder/containment.ts';
import { ANNE, LOCAL, LUC } from '../../support/people.ts';
import { HOUR, MINUTE, sampleAlert } from '../../support/sample-alert.ts';
import { createBench, previewOf } from './bench.ts';

const ACCOUNTS = Array.from({ length: 5 }, (_, i) => `PS-00000${i}`);
const PREVIEW = previewOf(ACCOUNTS);
const WISH = {
  selector: { class: 'professional' },
  rung: 'suspend',
  reason: 'stolen staff accounts',
  sliceSize: 2,
  sliceEveryMs: 5 * MINUTE,
  lengthMs: 0,
} as const;

type Bench = ReturnType<typeof createBench>;
const isEnabled = (bench: Bench) => ACCOUNTS.map((a) => bench.register.get(a)?.enabled);
const stateOf = async (bench: Bench, id: string): Promise<Containment> =>
  containmentOf(await bench.store.caseDocument('containment', id))!;

async function proposed(bench: Bench): Promise<string> {
  const asked = await bench.responder.contain.propose(WISH, PREVIEW, ANNE);
  if (!asked.done) throw new Error(asked.why);
  return asked.containment.id;
}

/** Lets time pass until the containment has nothing left to do. */
async function runOn(bench: Bench, rounds = 12): Promise<void> {
  for (let i = 0; i < rounds; i += 1) {
    await bench.responder.runDue();
    await bench.responder.idle();
    bench.clock.advance(2 * MINUTE);
  }
}

describe('containment of a class', () => {
  it('needs two people, known by name, who mean the same list', async () => {
    const bench = createBench({ accounts: 5 });
    const id = await proposed(bench);
    const { contain } = bench.responder;
    const why = async (digest: string, person: typeof ANNE) => {
      const decision = await contain.approve(id, digest, person);
      return decision.done ? 'done' : decision.why;
    };
    expect(await why('d1', ANNE)).toBe('whoever asks cannot approve');
    expect(await why('d1', { ...ANNE, name: 'Somebody Else' })).toBe('whoever asks cannot approve');
    expect(await why('d1', LOCAL)).toBe('the second person must be signed in by name');
    expect(await why('d2', LUC)).toBe('the digest is not that of the list that was asked for');
    await runOn(bench, 2);
    expect(isEnabled(bench)).not.toContain(false);
    expect(await why('d1', LUC)).toBe('done');
    expect(await why('d1', LUC)).toBe('the containment is running');
    await bench.responder.idle();
  });

  it('approved too late, it has to be asked for anew', async () => {
    const bench = createBench({ accounts: 5 });
    const id = await proposed(bench);
    bench.clock.advance(PROPOSAL_HOURS * HOUR + 1);
    expect((await bench.responder.contain.approve(id, 'd1', LUC)).done).toBe(false);
  });

  it('refuses what is unbounded, empty or without a reason', async () => {
    const { responder } = createBench();
    const done = async (wish: object, preview = PREVIEW) =>
      (await responder.contain.propose({ ...WISH, ...wish }, preview, ANNE)).done;
    expect(await done({ selector: { department: '69' } })).toBe(false);
    expect(await done({ reason: ' ' })).toBe(false);
    expect(await done({}, { ...PREVIEW, accounts: [] })).toBe(false);
  });

  it('goes slice by slice, each when the one before is verified and its time has come', async () => {
    const bench = createBench({ accounts: 5 });
    const id = await proposed(bench);
    await bench.responder.contain.approve(id, 'd1', LUC);
    await bench.responder.idle();
    expect(isEnabled(bench)).toEqual([false, false, true, true, true]);
    await bench.responder.runDue();
    await bench.responder.idle();
    expect(isEnabled(bench)).toEqual([false, false, true, true, true]);
    bench.clock.advance(5 * MINUTE);
    await bench.responder.runDue();
    await bench.responder.idle();
    expect(isEnabled(bench)).toEqual([false, false, false, false, true]);
    await runOn(bench);
    expect(isEnabled(bench)).toEqual([false, false, false, false, false]);
    expect(await stateOf(bench, id)).toMatchObject({ state: 'done', begun: 5, approvedBy: { id: 'luc' } });
    expect(bench.restrictions.get('PS-000004')?.restriction).toBe('suspended');
    const verbs = (await bench.store.audit(1, 999)).map((l) => l.verb).filter((v) => v.startsWith('containment'));
    expect(verbs).toEqual([
      'containment.asked',
      'containment.approved',
      'containment.slice',
      'containment.slice',
      'containment.slice',
      'containment.done',
    ]);
    expect(verifyAudit(await bench.store.audit(1, 999))).toBeUndefined();
  });

  it('is given back as a whole, and leaves alone who is restricted for another reason', async () => {
    const bench = createBench({ accounts: 5 });
    await bench.responder.onAlert(sampleAlert({ account: { id: 'PS-000001' } }));
    bench.register.change('PS-000002', 'disabled', { actionId: '', actor: 'admin', reason: 'left', atMs: 0 });
    const id = await proposed(bench);
    await bench.responder.contain.approve(id, 'd1', LUC);
    await runOn(bench);
    expect((await bench.responder.contain.revert(id, '', ANNE)).done).toBe(false);
    expect((await bench.responder.contain.revert(id, 'false alarm', ANNE)).done).toBe(true);
    await runOn(bench, 3);
    expect(isEnabled(bench)).toEqual([true, false, false, true, true]);
    expect(bench.restrictions.get('PS-000001')?.restriction).toBe('suspended');
    expect(bench.restrictions.get('PS-000002')).toBeUndefined();
    expect(await stateOf(bench, id)).toMatchObject({ state: 'reverted', givenBack: 5 });
    expect((await bench.responder.contain.revert(id, 'again', ANNE)).done).toBe(false);
  });

  it('paused, the next slice does not come; resumed, it does', async () => {
    const bench = createBench({ accounts: 5 });
    const id = await proposed(bench);
    await bench.responder.contain.approve(id, 'd1', LUC);
    await bench.responder.idle();
    expect((await bench.responder.contain.pause(id, 'looking', LUC)).done).toBe(true);
    await runOn(bench);
    expect(isEnabled(bench).filter((e) => e === false)).toHaveLength(2);
    await bench.responder.contain.resume(id, 'go on', LUC);
    await runOn(bench);
    expect(isEnabled(bench)).not.toContain(true);
  });

  it('pauses by itself where accounts cannot be restricted, and says so once', async () => {
    const failure = { outcome: 'denied', detail: 'HTTP 403' } as const;
    const faults = [{ method: 'disable' as const, failure, times: 40 }];
    const bench = createBench({ accounts: 5, faults });
    const id = await proposed(bench);
    await bench.responder.contain.approve(id, 'd1', LUC);
    await runOn(bench, 8);
    expect(await stateOf(bench, id)).toMatchObject({ state: 'paused', begun: 2 });
    const notices = bench.published.filter((r) => r.type === 'vigie.notice' && r.body.includes(`containment:${id}`));
    expect(notices).toHaveLength(1);
  });

  it('leaves out who was given back by a person after it was asked for', async () => {
    const bench = createBench({ accounts: 5 });
    const id = await proposed(bench);
    bench.clock.advance(MINUTE);
    await bench.responder.reenable('PS-000003', 'Anne', 'the only one on duty');
    await bench.responder.contain.approve(id, 'd1', LUC);
    await runOn(bench);
    expect(isEnabled(bench)).toEqual([false, false, false, true, false]);
    expect(await stateOf(bench, id)).toMatchObject({ state: 'done', skipped: 1 });
  });

  it('a step-up shuts nobody out: who has no second factor is throttled in its place', async () => {
    for (const hasSecondFactor of [true, false]) {
      const bench = createBench({ accounts: 5, hasSecondFactor });
      const asked = await bench.responder.contain.propose({ ...WISH, rung: 'step_up' }, PREVIEW, ANNE);
      if (!asked.done) throw new Error(asked.why);
      await bench.responder.contain.approve(asked.containment.id, 'd1', LUC);
      await runOn(bench);
      const restriction = hasSecondFactor ? 'step_up' : 'throttle';
      expect(ACCOUNTS.map((a) => bench.restrictions.get(a)?.restriction)).toEqual(ACCOUNTS.map(() => restriction));
      expect(ACCOUNTS.map((a) => bench.register.get(a)?.stepUpRequired)).toEqual(ACCOUNTS.map(() => hasSecondFactor));
      const slices = (await bench.store.audit(1, 99)).filter((l) => l.verb === 'containment.slice');
      expect(slices[0]?.detail).toBe(
        hasSecondFactor ? 'accounts 1 to 2 of 5' : 'accounts 1 to 2 of 5; without a second factor, so throttled: 2',
      );
      await bench.responder.contain.revert(asked.containment.id, 'the accounts are clean', LUC);
      await runOn(bench);
      expect(ACCOUNTS.map((a) => bench.restrictions.get(a))).toEqual(ACCOUNTS.map(() => undefined));
      expect(ACCOUNTS.map((a) => bench.register.get(a)?.stepUpRequired)).toEqual(ACCOUNTS.map(() => false));
    }
  });

  it('goes on in another process, and two of them restrict no slice twice', async () => {
    const store = createMemoryStore();
    const first = createBench({ accounts: 5, store });
    const id = await proposed(first);
    await first.responder.contain.approve(id, 'd1', LUC);
    await first.responder.idle();
    const second = createBench({ accounts: 5, store });
    second.clock.advance(6 * MINUTE);
    await Promise.all([second.responder.runDue(), second.responder.runDue()]);
    await second.responder.idle();
    expect((await stateOf(second, id)).begun).toBe(4);
    const planned = (await store.audit(1, 999)).filter((l) => l.verb === 'action.requested');
    expect(new Set(planned.map((l) => l.subject)).size).toBe(planned.length);
  });
});
