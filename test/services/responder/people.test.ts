import { describe, expect, it } from 'vitest';
import { MINUTE, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { AMPLE, samplePolicy } from '../../support/sample-policy.ts';
import { createBench, told } from './bench.ts';

const ID = 'PS-000123';
const ASK = {
  ...samplePolicy().mode,
  professional: { ...samplePolicy().mode.professional, critical: 'approve' },
} as const;

describe('approval', () => {
  it('nothing happens until a person says so, and then it happens', async () => {
    const bench = createBench({ policy: { mode: ASK } });
    const [plan] = await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(bench.calls).toEqual([]);
    expect(bench.restrictions.get(ID)).toBeUndefined();
    expect(told(bench.published)).toEqual(['action suspend waiting_approval']);
    expect((await bench.responder.approve(plan!.id, 'Anne')).done).toBe(true);
    await bench.responder.idle();
    expect(bench.register.get(ID)?.enabled).toBe(false);
    expect((await bench.store.action(plan!.id))?.state).toBe('verified');
    const log = await bench.store.audit(1, 99);
    expect(log.find((l) => l.verb === 'action.approved')).toMatchObject({ actor: 'Anne', subject: plan!.id });
    expect((await bench.responder.approve(plan!.id, 'Luc')).done).toBe(false);
  });

  it('a rejected plan is dropped with its reason, and none is rejected without one', async () => {
    const bench = createBench({ policy: { mode: ASK } });
    const [plan] = await bench.responder.onAlert(sampleAlert());
    expect((await bench.responder.reject(plan!.id, 'Anne', ' ')).done).toBe(false);
    expect((await bench.responder.reject(plan!.id, 'Anne', 'vaccination day')).done).toBe(true);
    await bench.responder.idle();
    expect(await bench.store.action(plan!.id)).toMatchObject({
      state: 'dropped',
      detail: 'rejected by Anne: vaccination day',
    });
    expect((await bench.responder.approve(plan!.id, 'Anne')).done).toBe(false);
    expect(bench.calls).toEqual([]);
  });

  it.each(['approve', 'reject'] as const)(
    '%s: what held the account while its suspension waited for a budget is no longer renewed',
    async (answer) => {
      const restrictionMinutes = { step_up: 30, throttle: 60, suspend: 0 };
      const budget = { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, perDay: 0 } };
      const bench = createBench({ policy: { budget, restrictionMinutes } });
      const revision = async (n: number, minutes: number) => {
        bench.clock.advance(minutes * MINUTE);
        const plans = await bench.responder.onAlert(sampleAlert({ revision: n, timeMs: bench.clock.nowMs() }));
        await bench.responder.idle();
        return plans;
      };
      const [, , suspension] = await revision(1, 0);
      expect((await revision(2, 25)).map((p) => `${p.rung} ${p.decision}`)).toEqual(['step_up act']);
      if (answer === 'approve') await bench.responder.approve(suspension!.id, 'Anne');
      else await bench.responder.reject(suspension!.id, 'Anne', 'vaccination day');
      expect(await revision(3, 25)).toEqual([]);
      await bench.responder.idle();
      bench.clock.advance(60 * MINUTE);
      await bench.responder.runDue();
      await bench.responder.idle();
      expect(bench.restrictions.get(ID)?.restriction).toBe(answer === 'approve' ? 'suspended' : undefined);
      expect(bench.register.get(ID)?.enabled).toBe(answer === 'reject');
    },
  );

  it('a temporary restriction approved late gets its whole length', async () => {
    const policy = { mode: ASK, restrictionMinutes: { step_up: 30, throttle: 30, suspend: 0 } };
    const bench = createBench({ policy });
    const [plan] = await bench.responder.onAlert(sampleAlert({ rung: 'throttle' }));
    bench.clock.advance(20 * MINUTE);
    await bench.responder.approve(plan!.id, 'Anne');
    await bench.responder.idle();
    expect(bench.restrictions.get(ID)?.untilMs).toBe(T0 + 50 * MINUTE);
  });

  it('holds for what renews it: the machine goes on where only the budget was spent, and asks in time where it has to', async () => {
    const restrictionMinutes = { step_up: 0, throttle: 60, suspend: 0 };
    const spent = { ...samplePolicy().budget, throttle: { ...AMPLE, perDay: 0 } };
    for (const [policy, renewed] of [
      [{ restrictionMinutes, budget: spent }, 'planned'],
      [{ restrictionMinutes, mode: ASK }, 'waiting_approval'],
    ] as const) {
      const bench = createBench({ policy });
      const alertAt = () => sampleAlert({ rung: 'throttle', timeMs: bench.clock.nowMs() });
      const [plan] = await bench.responder.onAlert(alertAt());
      expect(plan?.decision).toBe('await_approval');
      bench.clock.advance(10 * MINUTE);
      await bench.responder.approve(plan!.id, 'Anne');
      await bench.responder.idle();
      bench.clock.advance(30 * MINUTE);
      const [next] = await bench.responder.onAlert(alertAt());
      expect(next?.decision).toBe(renewed === 'planned' ? 'act' : 'await_approval');
      await bench.responder.idle();
      expect(bench.restrictions.get(ID)).toMatchObject({
        restriction: 'throttle',
        untilMs: T0 + (renewed === 'planned' ? 100 : 70) * MINUTE,
      });
      // Asked once, not with every alert.
      expect(await bench.responder.onAlert(alertAt())).toEqual([]);
    }
  });

  it('two people at once: one approves, the other is told that nothing waits', async () => {
    const bench = createBench({ policy: { mode: ASK } });
    const [plan] = await bench.responder.onAlert(sampleAlert());
    const both = await Promise.all([
      bench.responder.approve(plan!.id, 'Anne'),
      bench.responder.reject(plan!.id, 'Luc', 'no'),
    ]);
    await bench.responder.idle();
    expect(both.filter((d) => d.done)).toHaveLength(1);
  });
});

describe('the way back', () => {
  it('needs a person and a reason', async () => {
    const bench = createBench();
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect((await bench.responder.reenable(ID, 'Anne', '')).done).toBe(false);
    expect((await bench.responder.reenable(ID, '', 'why not')).done).toBe(false);
    expect(bench.register.get(ID)?.enabled).toBe(false);
  });

  it('enables the account, lifts the restriction, tells the detector, and ended sessions stay ended', async () => {
    const bench = createBench();
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    bench.clock.advance(MINUTE);
    expect((await bench.responder.reenable(ID, 'Anne', 'holder confirmed')).done).toBe(true);
    await bench.responder.idle();
    expect(bench.register.get(ID)).toMatchObject({ enabled: true, sessions: 0 });
    expect(bench.restrictions.get(ID)).toBeUndefined();
    expect(told(bench.published).slice(3)).toEqual([
      'restriction none',
      'action suspend reverted',
      'control reenable',
      'action suspend reverted',
    ]);
    const log = await bench.store.audit(1, 99);
    expect(log.find((l) => l.verb === 'account.reenabled')).toMatchObject({
      actor: 'Anne',
      detail: 'holder confirmed',
    });
  });

  it('drops what was decided before it, at once or when it is approved; what comes after counts', async () => {
    const bench = createBench({ policy: { mode: ASK } });
    const [waiting] = await bench.responder.onAlert(sampleAlert());
    bench.clock.advance(MINUTE);
    await bench.responder.reenable(ID, 'Anne', 'holder confirmed');
    expect((await bench.store.action(waiting!.id))?.state).toBe('dropped');
    const [late] = await bench.responder.onAlert(sampleAlert({ id: 'late', timeMs: T0 + 1 }));
    expect(late?.decision).toBe('drop');
    const [fresh] = await bench.responder.onAlert(sampleAlert({ id: 'fresh', timeMs: T0 + 2 * MINUTE }));
    expect(fresh?.decision).toBe('await_approval');
    await bench.responder.idle();
  });

  it('undoes every rung that was put on the account', async () => {
    const bench = createBench();
    await bench.responder.onAlert(sampleAlert({ rung: 'step_up' }));
    await bench.responder.onAlert(sampleAlert({ rung: 'throttle' }));
    await bench.responder.onAlert(sampleAlert({ rung: 'suspend' }));
    await bench.responder.idle();
    expect(bench.register.get(ID)).toMatchObject({ enabled: false, stepUpRequired: true });
    bench.clock.advance(MINUTE);
    await bench.responder.reenable(ID, 'Anne', 'holder confirmed');
    await bench.responder.idle();
    expect(bench.register.get(ID)).toMatchObject({ enabled: true, stepUpRequired: false });
    expect((await bench.store.actionsOf(ID)).map((a) => a.state)).toEqual(['reverted', 'reverted', 'reverted']);
  });

  it('an account disabled by somebody else before us is given back only by a person', async () => {
    const bench = createBench({ policy: { restrictionMinutes: { step_up: 30, throttle: 30, suspend: 30 } } });
    bench.register.change(ID, 'disabled', { actionId: '', actor: 'admin', reason: 'left', atMs: T0 });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    bench.clock.advance(30 * MINUTE);
    await bench.responder.runDue();
    await bench.responder.idle();
    expect(bench.register.get(ID)?.enabled).toBe(false);
    expect((await bench.store.actionsOf(ID))[0]).toMatchObject({ state: 'reverted', undo: 'none' });
    expect(bench.restrictions.get(ID)).toBeUndefined();
  });
});

describe('breaker', () => {
  it('is closed by a person with a reason, and plans act again', async () => {
    const budget = { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, perHour: 1 } };
    const bench = createBench({ accounts: 3, policy: { budget } });
    const alert = (n: number) => sampleAlert({ id: `i${n}`, account: { id: `PS-00000${n}` } });
    await bench.responder.onAlert(alert(0));
    expect((await bench.responder.onAlert(alert(1))).at(-1)?.decision).toBe('await_approval');
    expect((await bench.responder.closeBreaker('suspend', 'Anne', '')).done).toBe(false);
    expect((await bench.responder.closeBreaker('throttle', 'Anne', 'checked')).done).toBe(false);
    bench.responder.setPolicy(samplePolicy());
    expect((await bench.responder.closeBreaker('suspend', 'Anne', 'checked')).done).toBe(true);
    expect((await bench.responder.onAlert(alert(2)))[0]?.decision).toBe('act');
    await bench.responder.idle();
  });
});
