import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RungBudget } from '#libs/model/response-policy.ts';
import {
  budgetLeft,
  closeBreaker,
  createResponseState,
  noteGroupSize,
  plan,
  takeNotices,
} from '#libs/respond/index.ts';
import { DAY, HOUR, MINUTE, manyAlerts, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { AMPLE, samplePolicy } from '../../support/sample-policy.ts';

const withBudget = (suspend: Partial<RungBudget>, breakerMinutes = 0) =>
  createResponseState(
    samplePolicy({ breakerMinutes, budget: { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, ...suspend } } }),
  );
const count = (plans: ReturnType<typeof plan>, decision: string) => plans.filter((p) => p.decision === decision).length;
/** Of what is planned, the suspension: where it waits, the rungs below it are planned as well. */
const suspension = (...args: Parameters<typeof plan>) => plan(...args).filter((p) => p.rung === 'suspend');

describe('disable budget', () => {
  it('acts on 20 of a burst of 500, queues 480 for a person, and says so once; these are throttled and asked for a factor', () => {
    const state = withBudget({ perTenMinutes: 20 });
    const plans = manyAlerts(500).flatMap((alert) => plan(state, alert, T0));
    const of = (rung: string) => plans.filter((p) => p.rung === rung);
    expect([count(of('suspend'), 'act'), count(of('suspend'), 'await_approval')]).toEqual([20, 480]);
    expect([count(of('throttle'), 'act'), count(of('step_up'), 'act')]).toEqual([480, 480]);
    expect(plans).toHaveLength(500 + 2 * 480);
    expect(state.breakers.get('suspend')?.queued).toBe(480);
    const notices = takeNotices(state);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ notice: 'breaker_opened', subject: 'suspend', timeMs: T0 });
    expect(takeNotices(state)).toEqual([]);
  });

  it.each([
    ['perTenMinutes', 10 * MINUTE],
    ['perHour', HOUR],
    ['perDay', DAY],
  ] as const)('%s holds over its own window, and no longer', (name, lengthMs) => {
    const at = (offsetMs: number) => {
      const state = withBudget({ [name]: 2 });
      const alerts = manyAlerts(3, (i) => ({ timeMs: i < 2 ? T0 : T0 + offsetMs }));
      return alerts.flatMap((alert) => suspension(state, alert, alert.timeMs)).map((p) => p.decision);
    };
    expect(at(lengthMs - 1)).toEqual(['act', 'act', 'await_approval']);
    expect(at(lengthMs)).toEqual(['act', 'act', 'act']);
  });

  it('holds a share of a profession in a department, and leaves other groups alone', () => {
    const state = withBudget({ professionShare: 0.02, professionFloor: 1 });
    noteGroupSize(state, 'optician', '69', 150);
    const here = manyAlerts(5).flatMap((alert) => suspension(state, alert, alert.timeMs));
    expect(here.map((p) => p.decision)).toEqual(['act', 'act', 'act', 'await_approval', 'await_approval']);
    expect(takeNotices(state).map((n) => n.subject)).toEqual(['suspend/optician/69']);
    const elsewhere = sampleAlert({ id: 'x', account: { id: 'PS-X', department: '13' } });
    expect(suspension(state, elsewhere, T0)[0]?.decision).toBe('act');
  });

  it.each([
    ['a profession', { profession: 'other' }],
    ['a department', { department: '' }],
  ] as const)('takes accounts of whom %s is not said for no group: only the totals hold', (_, account) => {
    const state = withBudget({ professionFloor: 1, professionShare: 0, perDay: 4 });
    // Such a breaker stands in the state of an installation that had opened it.
    state.breakers.set('suspend/other/69', { openedMs: T0, queued: 0 });
    const plans = manyAlerts(5, () => ({ account })).flatMap((alert) => suspension(state, alert, alert.timeMs));
    expect(plans.map((p) => p.decision)).toEqual(['act', 'act', 'act', 'act', 'await_approval']);
    expect(takeNotices(state).map((n) => n.subject)).toEqual(['suspend']);
  });

  it('lets only the floor through where nobody knows how large the group is', () => {
    const state = withBudget({ professionShare: 0.5, professionFloor: 2 });
    const plans = manyAlerts(4).flatMap((alert) => suspension(state, alert, alert.timeMs));
    expect(count(plans, 'act')).toBe(2);
  });

  it('does not charge an account twice, and does not hold it up', () => {
    const state = withBudget({ perTenMinutes: 1 });
    const web = sampleAlert({ id: 'web' });
    const api = sampleAlert({ id: 'api', channel: 'api' });
    expect(suspension(state, web, T0)[0]?.decision).toBe('act');
    expect(suspension(state, sampleAlert({ id: 'o', account: { id: 'PS-2' } }), T0)[0]?.decision).toBe(
      'await_approval',
    );
    expect(suspension(state, api, T0)[0]?.decision).toBe('act');
  });

  it('does not charge a restriction that is renewed day by day for the same incident, nor hold it up', () => {
    const budget = { step_up: AMPLE, throttle: { ...AMPLE, perDay: 1 }, suspend: AMPLE };
    const state = createResponseState(
      samplePolicy({ budget, restrictionMinutes: { step_up: 30, throttle: 1440, suspend: 0 } }),
    );
    const throttle = (id: string, timeMs: number) =>
      plan(state, sampleAlert({ id, rung: 'throttle', timeMs, account: { id } }), timeMs)[0]?.decision;
    expect(throttle('PS-1', T0)).toBe('act');
    expect(throttle('PS-1', T0 + DAY)).toBe('act');
    // Its neighbour finds the budget of that day unspent, and uses it up for the next.
    expect(throttle('PS-2', T0 + DAY + HOUR)).toBe('act');
    expect(throttle('PS-3', T0 + DAY + 2 * HOUR)).toBe('await_approval');
    expect(throttle('PS-1', T0 + 2 * DAY)).toBe('act');
    // What waited for a person never was in force: there is nothing to renew.
    expect(throttle('PS-3', T0 + 2 * DAY + 2 * HOUR)).toBe('await_approval');
  });

  it('makes no room when the clock goes back', () => {
    const state = withBudget({ perHour: 1 });
    expect(suspension(state, manyAlerts(2)[0]!, T0)[0]?.decision).toBe('act');
    expect(suspension(state, manyAlerts(2)[1]!, T0 - 2 * HOUR)[0]?.decision).toBe('await_approval');
  });

  it('never acts on more accounts in any window than its budget, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 60 }), (gapsMinutes) => {
        const state = withBudget({ perTenMinutes: 2, perHour: 3, perDay: 5 }, 30);
        const actedMs: number[] = [];
        let nowMs = T0;
        for (const [i, gap] of gapsMinutes.entries()) {
          nowMs += gap * MINUTE;
          const [made] = suspension(
            state,
            sampleAlert({ id: `i${i}`, timeMs: nowMs, account: { id: `PS-${i}` } }),
            nowMs,
          );
          if (made?.decision === 'act') actedMs.push(nowMs);
        }
        for (const [lengthMs, limit] of [
          [10 * MINUTE, 2],
          [HOUR, 3],
          [DAY, 5],
        ] as const) {
          for (const end of actedMs) {
            expect(actedMs.filter((ms) => ms <= end && ms > end - lengthMs).length).toBeLessThanOrEqual(limit);
          }
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('says how much room is left', () => {
    const state = withBudget({ perTenMinutes: 3, perHour: 10 });
    for (const alert of manyAlerts(2)) suspension(state, alert, T0);
    expect(budgetLeft(state, 'suspend', T0)).toBe(1);
    expect(budgetLeft(state, 'suspend', T0 + 10 * MINUTE)).toBe(3);
  });
});

describe('breaker', () => {
  it('stays open until a person closes it, even when the windows have room again', () => {
    const state = withBudget({ perTenMinutes: 1 });
    const [a, b, c, d] = manyAlerts(4, (i) => ({ timeMs: T0 + (i < 2 ? 0 : i * HOUR) }));
    suspension(state, a!, T0);
    suspension(state, b!, T0);
    expect(suspension(state, c!, c!.timeMs)[0]?.reason).toBe('the breaker for suspend is open');
    expect(closeBreaker(state, 'suspend')).toBe(true);
    expect(closeBreaker(state, 'suspend')).toBe(false);
    expect(suspension(state, d!, d!.timeMs)[0]?.decision).toBe('act');
  });

  it('closes by itself where the policy names a time, and opens again with a second notice', () => {
    const state = withBudget({ perDay: 1 }, 30);
    const [a, b, c, d] = manyAlerts(4);
    suspension(state, a!, T0);
    suspension(state, b!, T0);
    suspension(state, c!, T0 + 29 * MINUTE);
    expect(takeNotices(state)).toHaveLength(1);
    expect(suspension(state, d!, T0 + 30 * MINUTE)[0]?.decision).toBe('await_approval');
    expect(takeNotices(state)).toHaveLength(1);
  });
});
