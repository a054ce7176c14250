import { describe, expect, test } from 'vitest';
import { ACTION_EXPORT } from '#libs/model/codes.ts';
import { step } from '#libs/pipeline/index.ts';
import { alertsOf, DAY, feed, freshState, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';
import { natsOf, OPEN, START, watched, withFields } from './watched.ts';

describe('exports', () => {
  const exported = (time: number, rows: number, account = 1) =>
    withFields({ time, person: 1, account }, { action: ACTION_EXPORT, rows, hasPerson: false });

  test('the first one of a practice speaks once a day; one row does not', () => {
    const state = watched();
    feed(state, [exported(OPEN, 1)]);
    expect(natsOf(state, 'first_export')).toBe(0);
    feed(state, [exported(OPEN + HOUR, 15), exported(OPEN + 2 * HOUR, 15)]);
    expect(natsOf(state, 'first_export')).toBeCloseTo(Math.log(0.2 / (1 / (20 + 50))), 0);
    expect(natsOf(state, 'first_export')).toBeLessThanOrEqual(4);
  });
  test('who exports every fortnight has no first one, but one of a hundred times the size is', () => {
    const state = watched(14);
    feed(state, [exported(MONDAY + 14 * DAY + HOUR, 15)]);
    feed(
      state,
      honestDays(12, 8, 1, MONDAY + 14 * DAY).filter((event) => event.timeMs > MONDAY + 15 * DAY),
    );
    const before = natsOf(state, 'first_export');
    feed(state, [exported(START, 20)]);
    expect(natsOf(state, 'first_export')).toBeLessThanOrEqual(before);
    feed(state, [exported(START + HOUR, 1500)]);
    expect(natsOf(state, 'first_export')).toBeGreaterThan(before + 1);
  });
  test('one that grew to six times its size is the habit a month later: it uses up no quota each Monday', () => {
    const state = watched(14);
    feed(state, [exported(MONDAY + 14 * DAY + HOUR, 30)]);
    const mondays = Array.from({ length: 8 }, (_, week) => exported(MONDAY + (week + 4) * 7 * DAY + 7 * HOUR, 190));
    const work = honestDays(80, 8).filter(({ timeMs }) => timeMs > MONDAY + 14 * DAY);
    const alerts = alertsOf(
      feed(
        state,
        [...work, ...mondays].sort((a, b) => a.timeMs - b.timeMs),
      ),
    );
    const throttled = alerts.filter(({ rung, status }) => rung === 'throttle' && status !== 'closed');
    expect(throttled.filter(({ timeMs }) => timeMs < MONDAY + 42 * DAY).length).toBeGreaterThan(0);
    expect(throttled.filter(({ timeMs }) => timeMs > MONDAY + 60 * DAY)).toEqual([]);
  });
  test('of which a group makes many say less', () => {
    const one = watched();
    const many = freshState();
    const accounts = Array.from({ length: 20 }, (_, a) => a + 1);
    const days = accounts.flatMap((a) => honestDays(28, 8, a));
    feed(
      many,
      days.sort((x, y) => x.timeMs - y.timeMs),
    );
    step(many, { kind: 'tick', timeMs: START + MINUTE });
    for (const a of accounts.slice(1)) feed(many, [exported(START + a * MINUTE, 15, a)]);
    feed(one, [exported(OPEN, 15)]);
    const before = natsOf(many, 'first_export', 1);
    feed(many, [exported(OPEN, 15)]);
    expect(before).toBeGreaterThan(natsOf(many, 'first_export') + 1);
  });
  test('a first export in portions asks for a second factor once the day’s quota is used up', () => {
    const rungs = (known: boolean): string[] => {
      const state = watched(14);
      // Seven people at a time is far below a day's quota; some practices have always done so.
      if (known) feed(state, [exported(MONDAY + 13 * DAY + 9 * HOUR, 30)]);
      feed(state, honestDays(12, 8, 1, MONDAY + 14 * DAY));
      const portions = Array.from({ length: 12 }, (_, i) => exported(START + 9 * HOUR + (i * HOUR) / 2, 12));
      return alertsOf(feed(state, portions)).map((alert) => alert.rung);
    };
    expect(rungs(false)).toContain('step_up');
    expect(rungs(true)).not.toContain('step_up');
  });
  test('a thief’s first export does not excuse the next ones', () => {
    const state = watched();
    for (let d = 0; d < 12; d++) feed(state, [exported(START + d * DAY + 10 * HOUR, 5000)]);
    expect(natsOf(state, 'first_export')).toBeGreaterThan(2);
    expect(state.channels.exportLearnt[0]).toBe(0);
    const accountId = state.accountIds[0]!;
    const timeMs = START + 12 * DAY;
    const verdict = { verdict: 'benign', alertId: 'a', reason: 'changed its program', untilMs: timeMs + DAY } as const;
    step(state, { kind: 'control', control: 'verdict', accountId, timeMs, ...verdict });
    feed(state, [exported(START + 14 * DAY, 5000)]);
    expect(natsOf(state, 'first_export')).toBe(0);
  });
});
