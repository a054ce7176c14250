import { describe, expect, it } from 'vitest';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { ResponseState } from '#libs/respond/index.ts';
import {
  closeBreaker,
  createResponseState,
  noteApproved,
  noteReenabled,
  noteRejected,
  noteSecondFactor,
  plan,
  restoreResponseState,
  snapshotResponseState,
  takeNotices,
  turnsOnSecondFactor,
} from '#libs/respond/index.ts';
import type { AlertChange } from '../../support/sample-alert.ts';
import { DAY, HOUR, MINUTE, manyAlerts, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { AMPLE, samplePolicy } from '../../support/sample-policy.ts';

/** A suspension that waits because a budget is spent: what happens to the account meanwhile. */

const NONE = { ...AMPLE, perDay: 0 };
const spent = (lower: Partial<ResponsePolicy['budget']> = {}) => ({
  step_up: AMPLE,
  throttle: AMPLE,
  suspend: NONE,
  ...lower,
});
const underSpent = (change: Partial<ResponsePolicy> = {}) =>
  createResponseState(samplePolicy({ budget: spent(), ...change }));
const decisions = (plans: ReturnType<typeof plan>) => plans.map((p) => `${p.rung} ${p.decision}`);
const at = (state: ResponseState, hours: number, change: AlertChange = {}) => {
  const timeMs = T0 + hours * HOUR;
  return plan(state, sampleAlert({ timeMs, ...change }), timeMs);
};
const WAITS = 'suspend await_approval';

describe('a suspension that waits for a budget', () => {
  it('has the rungs below it done at once, with a note that says why', () => {
    const state = underSpent();
    const plans = at(state, 0);
    expect(decisions(plans)).toEqual(['step_up act', 'throttle act', WAITS]);
    expect(plans.map((p) => p.reason)).toEqual([
      'mode.professional.critical is auto; while the suspension waits for a person',
      'mode.professional.critical is auto; while the suspension waits for a person',
      'the breaker for suspend is open',
    ]);
    expect(at(state, 0)).toEqual([]);
    expect(at(state, 1)).toEqual([]);
  });

  it('adds to what the incident had reached before only what it lacks', () => {
    const state = underSpent();
    expect(decisions(at(state, 0, { rung: 'throttle' }))).toEqual(['throttle act']);
    expect(decisions(at(state, 0))).toEqual(['step_up act', WAITS]);
  });

  it.each(['suspend', 'throttle'] as const)(
    'has them renewed at each word of %s without a gap, and costs their budgets once',
    (rung) => {
      const restrictionMinutes = { step_up: 30 * 24 * 60, throttle: 24 * 60, suspend: 0 };
      const state = underSpent({ restrictionMinutes });
      let throttledUntilMs = 0;
      // Said again after half of the shortest restriction.
      for (const plans of [at(state, 0), ...Array.from({ length: 40 }, (_, i) => at(state, 12 * (i + 1), { rung }))]) {
        const throttle = plans.find((p) => p.rung === 'throttle');
        if (throttle && throttledUntilMs > 0) expect(throttle.timeMs).toBeLessThan(throttledUntilMs);
        throttledUntilMs = throttle?.untilMs ?? throttledUntilMs;
      }
      expect(throttledUntilMs).toBeGreaterThan(T0 + 20 * DAY);
      expect([state.spent.get('step_up')?.length, state.spent.get('throttle')?.length]).toEqual([1, 1]);
      expect(state.breakers.get('suspend')?.queued).toBe(1);
    },
  );

  it('leaves a rung out silently where its own budget is spent, and does it once there is room', () => {
    const budget = spent({ throttle: { ...AMPLE, perHour: 1 }, step_up: { ...AMPLE, perHour: 2 } });
    const state = underSpent({ budget });
    const plans = manyAlerts(4).map((alert) => decisions(plan(state, alert, alert.timeMs)));
    expect(plans).toEqual([['step_up act', 'throttle act', WAITS], ['step_up act', WAITS], [WAITS], [WAITS]]);
    expect(takeNotices(state).map((n) => n.subject)).toEqual(['suspend']);
    expect([...state.breakers]).toMatchObject([['suspend', { queued: 4 }]]);
    const later = { ...manyAlerts(4)[3]!, timeMs: T0 + 2 * HOUR, revision: 2 };
    expect(decisions(plan(state, later, later.timeMs))).toEqual(['step_up act', 'throttle act']);
    expect(takeNotices(state)).toEqual([]);
  });

  it('asks nobody about a lower rung that the detector names while it waits', () => {
    const state = underSpent({ budget: spent({ throttle: NONE, step_up: NONE }) });
    expect(decisions(at(state, 0))).toEqual([WAITS]);
    expect(at(state, 12, { rung: 'throttle' })).toEqual([]);
    expect(takeNotices(state)).toHaveLength(1);
  });

  it('throttles alone where there is no second factor to ask for, and asks the keeper about one only then', () => {
    const state = underSpent();
    expect(turnsOnSecondFactor(state, sampleAlert(), T0)).toBe(true);
    noteSecondFactor(state, 'PS-000123', false);
    expect(decisions(at(state, 0))).toEqual(['throttle act', WAITS]);
    expect(turnsOnSecondFactor(state, sampleAlert(), T0 + MINUTE)).toBe(false);
    expect(turnsOnSecondFactor(createResponseState(samplePolicy()), sampleAlert(), T0)).toBe(false);
    const noRoom = underSpent({ budget: spent({ step_up: NONE }) });
    expect(turnsOnSecondFactor(noRoom, sampleAlert(), T0)).toBe(false);
  });

  it('goes on after a snapshot', () => {
    const state = underSpent({ budget: spent({ throttle: NONE, step_up: NONE }) });
    at(state, 0);
    const restored = restoreResponseState(samplePolicy({ budget: spent() }), snapshotResponseState(state));
    expect(decisions(at(restored, 12))).toEqual(['step_up act', 'throttle act']);
  });
});

describe('and once people have answered', () => {
  const throttledMeanwhile = () => {
    const state = underSpent({ budget: spent({ step_up: NONE }) });
    const plans = at(state, 0);
    expect(decisions(plans)).toEqual(['throttle act', WAITS]);
    return { state, suspension: plans[1]! };
  };

  it('approved: the account is suspended, and nothing below it is renewed', () => {
    const { state, suspension } = throttledMeanwhile();
    noteApproved(state, suspension);
    expect(at(state, 24)).toEqual([]);
  });

  it('rejected: nothing is renewed in the suspension’s place, nor is it asked for again', () => {
    const { state, suspension } = throttledMeanwhile();
    noteRejected(state, suspension);
    expect(at(state, 24)).toEqual([]);
    expect(at(state, 36)).toEqual([]);
  });

  it('given back: an alert from before plans nothing; one from after is a new life', () => {
    const { state } = throttledMeanwhile();
    noteReenabled(state, 'PS-000123', T0 + HOUR);
    expect(at(state, 0.5)).toEqual([]);
    closeBreaker(state, 'suspend');
    expect(decisions(at(state, 2))).toEqual(['throttle act', WAITS]);
  });
});

describe('a suspension that waits for another reason', () => {
  const approve = { low: 'auto', medium: 'auto', high: 'auto', critical: 'approve' } as const;
  it.each([
    ['approve mode', { mode: { ...samplePolicy().mode, professional: approve } }],
    ['the kill switch', { killSwitch: true }],
    ['protection', { protectedAccounts: [{ account: 'PS-000123', reason: 'on call', untilMs: T0 + 9 * DAY }] }],
    ['being late', { autoWithinMinutes: -1 }],
  ])('%s: nothing is done in its place, and nobody is asked about less', (_, change) => {
    const state = createResponseState(samplePolicy(change));
    expect(decisions(at(state, 0))).toEqual([WAITS]);
    expect(at(state, 12)).toEqual([]);
    expect(at(state, 24, { rung: 'throttle' })).toEqual([]);
  });

  it('and where that reason comes later, nothing more is begun, but what is in force is not left to end unasked', () => {
    const before = underSpent({ budget: spent({ step_up: NONE }) });
    expect(decisions(at(before, 0))).toEqual(['throttle act', WAITS]);
    const policy = samplePolicy({ killSwitch: true, budget: spent() });
    const state = restoreResponseState(policy, snapshotResponseState(before));
    expect(decisions(at(state, 12))).toEqual(['throttle await_approval']);
    expect(at(state, 13)).toEqual([]);
  });
});
