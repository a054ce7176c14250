import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import type { CaseDocument, OutboundRecord, ResponseStore } from '#libs/ports/store.ts';
import { sampleAction, sampleRestriction } from '../support/sample-action.ts';
import { sampleAlert, T0 } from '../support/sample-alert.ts';

const outbound = (id: string): OutboundRecord => ({
  id,
  topic: 'actions',
  key: 'PS-000123',
  type: 'vigie.action',
  timeMs: T0,
  body: `{"id":"${id}"}`,
});
const verdict = (change: Partial<CaseDocument> = {}): CaseDocument => ({
  kind: 'verdict',
  id: 'a1f0',
  accountId: 'PS-000123',
  open: false,
  version: 1,
  updatedMs: T0,
  body: '{"verdict":"false"}',
  ...change,
});
const entry = (detail: string) => ({ atMs: T0, actor: 'vigie', verb: 'action.planned', subject: 'act-1', detail });

/** What every response store has to do. `open` gives an empty one. */
export function responseStoreContract(name: string, open: () => Promise<ResponseStore>): void {
  describe(`response store: ${name}`, () => {
    let store: ResponseStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('starts empty', async () => {
      expect(await store.readPlanning()).toEqual({ version: 0, snapshot: '' });
      expect(await store.incident('x')).toBeUndefined();
      expect(await store.action('x')).toBeUndefined();
      expect(await store.restriction('x')).toBeUndefined();
      expect(await store.incidents(9)).toEqual([]);
      expect(await store.actionsOf('x')).toEqual([]);
      expect(await store.dueActions(T0, 9)).toEqual([]);
      expect(await store.nextDueMs()).toBe(0);
      expect(await store.restrictions()).toEqual([]);
      expect(await store.unsent(9)).toEqual([]);
      expect(await store.audit(1, 9)).toEqual([]);
    });

    it('gives back what one commit wrote', async () => {
      const action = sampleAction({ earlier: { enabled: true, stepUpRequired: false } });
      const done = await store.commit({
        planning: { readVersion: 0, snapshot: 'S1' },
        alert: sampleAlert(),
        actions: [action],
        restrictions: [sampleRestriction()],
        audit: [entry('one'), entry('two')],
        outbox: [outbound('m1'), outbound('m2')],
      });
      expect(done).toBe(true);
      expect(await store.readPlanning()).toEqual({ version: 1, snapshot: 'S1' });
      expect(await store.incident('a1f0')).toEqual(sampleAlert());
      expect(await store.action('act-1')).toEqual(action);
      expect(await store.actionsOf('PS-000123')).toEqual([action]);
      expect(await store.restriction('PS-000123')).toEqual(sampleRestriction());
      expect(await store.unsent(9)).toEqual([outbound('m1'), outbound('m2')]);
      const log = await store.audit(1, 9);
      expect(log.map((l) => [l.seq, l.detail])).toEqual([
        [1, 'one'],
        [2, 'two'],
      ]);
    });

    it.each([
      ['a planning state that was changed meanwhile', { planning: { readVersion: 0, snapshot: 'S' } }],
      ['an action that is there already', { actions: [sampleAction({ detail: 'again' })] }],
      ['an action changed meanwhile', { changes: [sampleAction({ version: 4, detail: 'late' })] }],
      ['an action that is not there', { changes: [sampleAction({ version: 2, plan: { id: 'nobody' } })] }],
      ['a restriction changed meanwhile', { restrictions: [sampleRestriction({ seq: 3 })] }],
      ['a restriction of the same turn', { restrictions: [sampleRestriction({ seq: 1, actionId: 'other' })] }],
    ])('refuses %s, and then writes nothing at all', async (_what, conflicting) => {
      await store.commit({
        planning: { readVersion: 0, snapshot: 'S1' },
        actions: [sampleAction()],
        restrictions: [sampleRestriction()],
        audit: [entry('first')],
      });
      const refused = await store.commit({
        actions: [sampleAction({ plan: { id: 'new' } })],
        alert: sampleAlert(),
        audit: [entry('no')],
        outbox: [outbound('no')],
        ...conflicting,
      });
      expect(refused).toBe(false);
      expect(await store.readPlanning()).toEqual({ version: 1, snapshot: 'S1' });
      expect(await store.actionsOf('PS-000123')).toEqual([sampleAction()]);
      expect(await store.restriction('PS-000123')).toEqual(sampleRestriction());
      expect(await store.incident('a1f0')).toBeUndefined();
      expect(await store.unsent(9)).toEqual([]);
      expect(await store.audit(1, 9)).toHaveLength(1);
    });

    it('keeps the latest revision of an incident, in whatever order they come', async () => {
      const [first, second] = [sampleAlert({ exposed: 1 }), sampleAlert({ revision: 2, exposed: 2 })];
      for (const alert of [second, first, second]) expect(await store.commit({ alert })).toBe(true);
      expect((await store.incident('a1f0'))?.exposed).toBe(2);
      await store.commit({ alert: sampleAlert({ id: 'later', timeMs: T0 + 1 }) });
      expect((await store.incidents(1)).map((a) => a.id)).toEqual(['later']);
    });

    it('finds actions by state and by what is due, the longest overdue first', async () => {
      const make = (id: string, dueMs: number, createdMs: number, state: 'planned' | 'verified' = 'planned') =>
        sampleAction({ dueMs, createdMs, state, plan: { id } });
      const actions = [make('a', T0 + 5, T0), make('b', T0 + 1, T0 + 1), make('c', 0, T0 + 2, 'verified')];
      await store.commit({ actions });
      expect((await store.actionsIn('planned', 9)).map((a) => a.plan.id)).toEqual(['a', 'b']);
      expect((await store.dueActions(T0 + 5, 9)).map((a) => a.plan.id)).toEqual(['b', 'a']);
      expect((await store.dueActions(T0 + 4, 9)).map((a) => a.plan.id)).toEqual(['b']);
      expect((await store.dueActions(T0 + 5, 1)).map((a) => a.plan.id)).toEqual(['b']);
      expect(await store.nextDueMs()).toBe(T0 + 1);
      await store.commit({ changes: [{ ...make('b', 0, T0 + 1), version: 2 }] });
      expect(await store.nextDueMs()).toBe(T0 + 5);
    });

    it('lists the restrictions in force', async () => {
      await store.commit({ restrictions: [sampleRestriction(), sampleRestriction({ accountId: 'PS-2' })] });
      await store.commit({ restrictions: [sampleRestriction({ restriction: 'none', actionId: '', seq: 2 })] });
      expect((await store.restrictions()).map((r) => r.accountId)).toEqual(['PS-2']);
      expect((await store.restriction('PS-000123'))?.seq).toBe(2);
    });

    it('keeps documents of people’s decisions by kind, each made from the version before it', async () => {
      const [one, two] = [verdict(), verdict({ id: 'b2', updatedMs: T0 + 1, open: true })];
      expect(await store.commit({ cases: [one, two] })).toBe(true);
      expect(await store.caseDocument('verdict', 'a1f0')).toEqual(one);
      expect(await store.caseDocument('containment', 'a1f0')).toBeUndefined();
      expect(await store.cases('verdict', 1)).toEqual([two]);
      expect(await store.openCases('verdict')).toEqual([two]);
      expect(await store.casesOf('verdict', one.accountId)).toEqual([one, two]);
      expect(await store.casesOf('verdict', 'PS-elsewhere')).toEqual([]);
      expect(await store.casesOf('containment', one.accountId)).toEqual([]);
      const late = verdict({ version: 3 });
      for (const refused of [one, late, verdict({ id: 'new', version: 2 })]) {
        expect(await store.commit({ cases: [refused], audit: [entry('no')] })).toBe(false);
      }
      expect(await store.audit(1, 9)).toEqual([]);
      const next = verdict({ version: 2, updatedMs: T0 + 2, body: '{}' });
      expect(await store.commit({ cases: [next] })).toBe(true);
      expect(await store.cases('verdict', 9)).toEqual([next, two]);
    });

    it('gives unsent records in the order of their commits, each once, whatever is given twice', async () => {
      await store.commit({ outbox: [outbound('z'), outbound('b')] });
      await store.commit({ outbox: [outbound('b'), outbound('a')] });
      expect((await store.unsent(9)).map((r) => r.id)).toEqual(['z', 'b', 'a']);
      expect((await store.unsent(2)).map((r) => r.id)).toEqual(['z', 'b']);
      await store.markSent(['z', 'a', 'unheard-of']);
      await store.markSent([]);
      expect((await store.unsent(9)).map((r) => r.id)).toEqual(['b']);
      await store.commit({ outbox: [outbound('z')] });
      expect((await store.unsent(9)).map((r) => r.id)).toEqual(['b']);
    });

    it('keeps how far each partition was taken in, and never goes back', async () => {
      expect(await store.position('vigie.alerts', 0)).toBeUndefined();
      await store.commit({ positions: [{ topic: 'vigie.alerts', partition: 0, next: 7 }] });
      await store.commit({ positions: [{ topic: 'vigie.alerts', partition: 0, next: 5 }] });
      await store.commit({ positions: [{ topic: 'vigie.alerts', partition: 1, next: 0 }] });
      expect(await store.position('vigie.alerts', 0)).toBe(7);
      expect(await store.position('vigie.alerts', 1)).toBe(0);
      expect(await store.position('other', 0)).toBeUndefined();
    });

    it('chains the audit log, and the chain shows every change', async () => {
      for (const detail of ['one', 'two', 'three']) await store.commit({ audit: [entry(detail), entry('more')] });
      const log = await store.audit(1, 99);
      expect(log).toHaveLength(6);
      expect(verifyAudit(log)).toBeUndefined();
      expect(verifyAudit(log.slice(2), log[1])).toBeUndefined();
      expect(verifyAudit(log.with(2, { ...log[2]!, detail: 'tampered' }))).toEqual({ seq: 3, problem: 'wrong hash' });
      expect(verifyAudit(log.toSpliced(2, 1))).toEqual({ seq: 3, problem: 'missing line' });
      expect(verifyAudit(log.with(1, { ...log[1]!, previous: log[0]!.previous }))?.problem).toBe('wrong link');
      expect((await store.audit(5, 1)).map((l) => l.seq)).toEqual([5]);
    });

    it('of many commits made at once from the same planning state, one wins', async () => {
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          store.commit({ planning: { readVersion: 0, snapshot: `S${i}` }, audit: [entry(`S${i}`)] }),
        ),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      const { version, snapshot } = await store.readPlanning();
      expect(version).toBe(1);
      expect((await store.audit(1, 9)).map((l) => l.detail)).toEqual([snapshot]);
    });
  });
}
