import { describe, expect, it } from 'vitest';
import {
  createResponseState,
  noteGroupSize,
  noteReenabled,
  noteSecondFactor,
  plan,
  restoreResponseState,
  snapshotResponseState,
  takeNotices,
} from '#libs/respond/index.ts';
import { DAY, HOUR, manyAlerts, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { AMPLE, samplePolicy } from '../../support/sample-policy.ts';

const policy = samplePolicy({ budget: { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, perHour: 3 } } });

describe('snapshot', () => {
  it('cut anywhere, planning goes on as if it had not been cut', () => {
    const alerts = manyAlerts(8, (i) => ({ rung: i % 3 ? 'suspend' : 'step_up' }));
    const prepare = () => {
      const state = createResponseState(policy);
      noteSecondFactor(state, 'PS-000003', false);
      noteGroupSize(state, 'optician', '69', 500);
      noteReenabled(state, 'PS-000005', T0 + HOUR);
      return state;
    };
    const whole = prepare();
    const expected = alerts.flatMap((a) => plan(whole, a, a.timeMs));
    for (let cut = 0; cut <= alerts.length; cut += 1) {
      let state = prepare();
      const before = alerts.slice(0, cut).flatMap((a) => plan(state, a, a.timeMs));
      state = restoreResponseState(policy, snapshotResponseState(state));
      const after = alerts.slice(cut).flatMap((a) => plan(state, a, a.timeMs));
      expect([...before, ...after]).toEqual(expected);
      expect(snapshotResponseState(state)).toBe(snapshotResponseState(whole));
    }
    expect(takeNotices(whole)).toHaveLength(1);
  });

  it('refuses a version it does not know', () => {
    expect(() => restoreResponseState(policy, '{"version":99}')).toThrow('version 99');
  });

  it('forgets incidents after a month, so that it does not grow with age', () => {
    const state = createResponseState(policy);
    plan(state, sampleAlert({ id: 'old' }), T0);
    plan(state, sampleAlert({ id: 'new', timeMs: T0 + 31 * DAY }), T0 + 31 * DAY);
    expect([...state.incidents.keys()]).toEqual(['new#0']);
  });
});
