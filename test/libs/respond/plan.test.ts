import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResponseState, noteReenabled, noteSecondFactor, plan } from '#libs/respond/index.ts';
import { HOUR, MINUTE, manyAlerts, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { samplePolicy } from '../../support/sample-policy.ts';

const decisions = (plans: ReturnType<typeof plan>) => plans.map((p) => `${p.rung} ${p.decision}`);

describe('plan', () => {
  it('acts on the rung the alert reached, with the figures of the alert', () => {
    const [action, ...more] = plan(createResponseState(samplePolicy()), sampleAlert(), T0);
    expect(more).toEqual([]);
    expect(action).toMatchObject({
      alertId: 'a1f0',
      accountId: 'PS-000123',
      rung: 'suspend',
      decision: 'act',
      reason: 'mode.professional.critical is auto',
      timeMs: T0,
      untilMs: 0,
      score: 21.304,
      exposed: 17,
    });
  });

  it('plans nothing for a mere alert, or for a closed incident', () => {
    const state = createResponseState(samplePolicy());
    expect(plan(state, sampleAlert({ rung: 'alert' }), T0)).toEqual([]);
    expect(plan(state, sampleAlert({ status: 'closed' }), T0)).toEqual([]);
  });

  it('puts an end to temporary restrictions', () => {
    const policy = samplePolicy({ restrictionMinutes: { step_up: 30, throttle: 60, suspend: 0 } });
    const [stepUp] = plan(createResponseState(policy), sampleAlert({ rung: 'step_up' }), T0);
    expect(stepUp?.untilMs).toBe(T0 + 30 * MINUTE);
  });
});

describe('idempotence', () => {
  it('gives nothing for the same alert again, a later revision on the same rung, or an earlier lower one', () => {
    const state = createResponseState(samplePolicy());
    expect(plan(state, sampleAlert({ revision: 2 }), T0)).toHaveLength(1);
    expect(plan(state, sampleAlert({ revision: 2 }), T0 + MINUTE)).toEqual([]);
    expect(plan(state, sampleAlert({ revision: 3, timeMs: T0 + MINUTE }), T0 + MINUTE)).toEqual([]);
    expect(plan(state, sampleAlert({ revision: 1, rung: 'step_up', timeMs: T0 - MINUTE }), T0)).toEqual([]);
  });

  it('climbs: each rung of an incident is planned once, under an id of its own', () => {
    const state = createResponseState(samplePolicy());
    const ids = (['step_up', 'throttle', 'suspend'] as const).flatMap((rung) =>
      plan(state, sampleAlert({ rung }), T0).map((p) => p.id),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('makes the same ids in another process', () => {
    const ids = () => plan(createResponseState(samplePolicy()), sampleAlert(), T0).map((p) => p.id);
    expect(ids()).toEqual(ids());
  });

  it('renews a temporary restriction from a quarter of its length on while the incident goes on', () => {
    const state = createResponseState(samplePolicy({ restrictionMinutes: { step_up: 0, throttle: 60, suspend: 0 } }));
    const at = (minutes: number) =>
      plan(state, sampleAlert({ rung: 'throttle', timeMs: T0 + minutes * MINUTE }), T0 + minutes * MINUTE);
    const [first] = at(0);
    expect(at(14)).toEqual([]);
    const [second] = at(45);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.untilMs).toBe(T0 + 105 * MINUTE);
    // The alert that renewed it, given again, and those that follow.
    expect([at(45), at(46), at(59)]).toEqual([[], [], []]);
    expect(at(60)).toHaveLength(1);
    expect(at(300)).toHaveLength(1);
  });

  it('leaves no gap, however late the first alert is planned and up to six hours the others, and costs the budget once', () => {
    const policy = samplePolicy({ restrictionMinutes: { step_up: 0, throttle: 1440, suspend: 0 } });
    const lag = (most: number) => fc.integer({ min: 0, max: most });
    fc.assert(
      fc.property(lag(policy.autoWithinMinutes), fc.array(lag(359), { minLength: 10 }), (first, later) => {
        const state = createResponseState(policy);
        let untilMs = 0;
        // A detector says again what still holds after half of the shortest restriction.
        for (const [i, lagMinutes] of [first, ...later].entries()) {
          const timeMs = T0 + i * 12 * HOUR;
          const nowMs = timeMs + lagMinutes * MINUTE;
          if (i > 0) expect(nowMs).toBeLessThan(untilMs);
          const [made] = plan(state, sampleAlert({ rung: 'throttle', timeMs }), nowMs);
          if (made) expect(made.decision).toBe('act');
          untilMs = made?.untilMs ?? untilMs;
        }
        expect(state.spent.get('throttle')).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });

  it('renews a long restriction, which ends sessions each time, no sooner than a short one would have to be', () => {
    const day = 24 * 60;
    const restrictionMinutes = { step_up: 30 * day, throttle: day, suspend: 0 };
    const state = createResponseState(samplePolicy({ restrictionMinutes }));
    const at = (hours: number) =>
      plan(state, sampleAlert({ rung: 'step_up', timeMs: T0 + hours * HOUR }), T0 + hours * HOUR);
    const days = Array.from({ length: 130 }, (_, i) => (at(12 * i).length > 0 ? i / 2 : -1)).filter((d) => d >= 0);
    expect(days).toEqual([0, 29.5, 59]);
  });

  it('asks people again about a temporary restriction only when what they were asked about is over', () => {
    const killed = samplePolicy({ killSwitch: true, restrictionMinutes: { step_up: 30, throttle: 60, suspend: 0 } });
    const state = createResponseState(killed);
    const at = (minutes: number) =>
      plan(state, sampleAlert({ rung: 'throttle', timeMs: T0 + minutes * MINUTE }), T0 + minutes * MINUTE);
    expect([0, 45, 59, 60].map((m) => at(m).length)).toEqual([1, 0, 0, 1]);
  });

  it('a throttle does not stand in the way of a step-up, a suspension does', () => {
    const state = createResponseState(samplePolicy());
    plan(state, sampleAlert({ rung: 'throttle' }), T0);
    expect(decisions(plan(state, sampleAlert({ rung: 'step_up' }), T0))).toEqual(['step_up act']);
    plan(state, sampleAlert({ rung: 'suspend' }), T0);
    expect(plan(state, sampleAlert({ rung: 'throttle', timeMs: T0 + 48 * HOUR }), T0 + 48 * HOUR)).toEqual([]);
  });

  it('still plans a lower rung where the higher one only waits for a person', () => {
    const mode = { low: 'auto', medium: 'auto', high: 'auto', critical: 'approve' } as const;
    const state = createResponseState(samplePolicy({ mode: { ...samplePolicy().mode, professional: mode } }));
    expect(decisions(plan(state, sampleAlert(), T0))).toEqual(['suspend await_approval']);
    expect(decisions(plan(state, sampleAlert({ rung: 'step_up', severity: 'medium' }), T0))).toEqual(['step_up act']);
  });
});

describe('ladder', () => {
  it('takes throttle in place of step_up only where the account is known to have no second factor', () => {
    const state = createResponseState(samplePolicy());
    noteSecondFactor(state, 'PS-NONE', false);
    const stepUp = (id: string) => plan(state, sampleAlert({ id, rung: 'step_up', account: { id } }), T0);
    expect(decisions(stepUp('PS-UNKNOWN'))).toEqual(['step_up act']);
    const [replaced] = stepUp('PS-NONE');
    expect(replaced).toMatchObject({ rung: 'throttle', decision: 'act' });
    expect(replaced?.reason).toContain('no second factor');
    noteSecondFactor(state, 'PS-NONE', true);
    expect(
      decisions(plan(state, sampleAlert({ id: 'next', rung: 'step_up', account: { id: 'PS-NONE' } }), T0)),
    ).toEqual(['step_up act']);
  });

  it("climbs by itself to the class's highest rung, and asks for the one above", () => {
    const state = createResponseState(
      samplePolicy({ highestRung: { professional: 'suspend', manager: 'alert', software: 'throttle' } }),
    );
    const of = (cls: 'manager' | 'software') => plan(state, sampleAlert({ id: cls, account: { class: cls } }), T0);
    expect(decisions(of('software'))).toEqual(['throttle act', 'suspend await_approval']);
    expect(decisions(of('manager'))).toEqual(['suspend await_approval']);
  });

  it('never climbs above the limit by replacing step_up', () => {
    const state = createResponseState(
      samplePolicy({ highestRung: { professional: 'step_up', manager: 'suspend', software: 'suspend' } }),
    );
    noteSecondFactor(state, 'PS-000123', false);
    expect(decisions(plan(state, sampleAlert({ rung: 'step_up' }), T0))).toEqual(['throttle await_approval']);
    expect(decisions(plan(state, sampleAlert({ rung: 'suspend' }), T0))).toEqual(['suspend await_approval']);
  });
});

describe('mode', () => {
  it.each([
    ['observe', 'observe'],
    ['approve', 'await_approval'],
    ['auto', 'act'],
  ] as const)('%s on the line of its class and severity: %s', (mode, decision) => {
    const policy = samplePolicy();
    const lines = { ...policy.mode.manager, high: mode };
    const state = createResponseState({ ...policy, mode: { ...policy.mode, manager: lines } });
    const [action] = plan(state, sampleAlert({ severity: 'high', account: { class: 'manager' } }), T0);
    expect(action?.decision).toBe(decision);
    expect(action?.reason).toContain('mode.manager.high');
    const [other] = plan(state, sampleAlert({ id: 'other', severity: 'critical', account: { class: 'manager' } }), T0);
    expect(other?.decision).toBe('act');
  });
});

describe('protected accounts', () => {
  it('wait for a person until their protection ends', () => {
    const protection = { account: 'PS-000123', reason: 'only pharmacy on call', untilMs: T0 + HOUR };
    const state = createResponseState(samplePolicy({ protectedAccounts: [protection] }));
    const [during] = plan(state, sampleAlert(), T0);
    expect(during).toMatchObject({ decision: 'await_approval' });
    expect(during?.reason).toContain('only pharmacy on call');
    const [other] = plan(state, sampleAlert({ id: 'o', account: { id: 'PS-2' } }), T0);
    expect(other?.decision).toBe('act');
    const [after] = plan(state, sampleAlert({ id: 'later', timeMs: T0 + HOUR }), T0 + HOUR);
    expect(after?.decision).toBe('act');
  });
});

describe('usefulness', () => {
  it('drops an alert decided before a person gave the account back, and says so', () => {
    const state = createResponseState(samplePolicy());
    noteReenabled(state, 'PS-000123', T0 + MINUTE);
    const [dropped] = plan(state, sampleAlert(), T0 + 2 * MINUTE);
    expect(dropped).toMatchObject({ decision: 'drop' });
    expect(dropped?.reason).toContain('re-enabled');
  });

  it('plans the same incident anew when it goes on after a re-enable, once for each life of the account', () => {
    const state = createResponseState(samplePolicy());
    const [first] = plan(state, sampleAlert(), T0);
    noteReenabled(state, 'PS-000123', T0 + MINUTE);
    const again = sampleAlert({ revision: 2, timeMs: T0 + 2 * MINUTE });
    const [second] = plan(state, again, again.timeMs);
    expect(second?.decision).toBe('act');
    expect(second?.id).not.toBe(first?.id);
    expect(plan(state, again, again.timeMs)).toEqual([]);
    expect(plan(state, sampleAlert(), T0 + 3 * MINUTE)).toEqual([]);
  });

  it('asks a person about an alert that comes very late', () => {
    const state = createResponseState(samplePolicy({ autoWithinMinutes: 60 }));
    const [late] = plan(state, sampleAlert(), T0 + 61 * MINUTE);
    expect(late).toMatchObject({ decision: 'await_approval', reason: 'the alert is 61 minutes old' });
    const [inTime] = plan(state, sampleAlert({ id: 'b' }), T0 + 60 * MINUTE);
    expect(inTime?.decision).toBe('act');
  });
});

describe('dry run and kill switch', () => {
  it('dry run only records; the kill switch asks a person; neither spends a budget', () => {
    for (const [change, decision] of [
      [{ dryRun: true }, 'observe'],
      [{ killSwitch: true }, 'await_approval'],
    ] as const) {
      const state = createResponseState(samplePolicy(change));
      const plans = manyAlerts(3).flatMap((alert) => plan(state, alert, alert.timeMs));
      expect(plans.map((p) => p.decision)).toEqual([decision, decision, decision]);
      expect(state.spent.size).toBe(0);
    }
  });
});
