import { describe, expect, it } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_SEARCH } from '#libs/model/codes.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';

/** A search by name: the answer has rows, the log names nobody. */
const searched = (time: number, rows: number, device = 0): AccessEvent =>
  Object.assign(eventOf({ time, person: 1, device }), {
    action: ACTION_SEARCH,
    hasPerson: false,
    personLo: 0,
    personHi: 0,
    rows,
  });

const searching = (days: number, perDay: number): AccessEvent[] =>
  Array.from({ length: days }, (_, d) =>
    d % 7 >= 5
      ? []
      : Array.from({ length: perDay }, (_, i) => searched(MONDAY + d * DAY + 9 * HOUR + i * 20 * MINUTE, 1 + (i % 6))),
  ).flat();

const merged = (...logs: readonly AccessEvent[][]): AccessEvent[] => logs.flat().sort((a, b) => a.timeMs - b.timeMs);

describe('look-ups that name nobody', () => {
  it('are no matter where they are an account’s habit', () => {
    expect(alertsOf(feed(freshState(), merged(honestDays(30, 5), searching(30, 12))))).toEqual([]);
  });

  it('ask for a second factor where a new device makes many, and count what they showed', () => {
    const state = freshState();
    feed(state, merged(honestDays(30, 5), searching(30, 3)));
    const thief = Array.from({ length: 300 }, (_, i) => searched(MONDAY + 30 * DAY + 10 * HOUR + i * 24_000, 5, 7));
    const alerts = alertsOf(feed(state, thief));
    const first = alerts.find((alert) => alert.rung === 'step_up')!;
    expect(first.evidence.map((e) => e.name)).toContain('quota_unnamed');
    expect(first.exposed).toBeLessThan(300);
    expect(first.exposed).toBe(5 * first.evidence.find((e) => e.name === 'quota_unnamed')!.observed);
    expect(alerts.some((alert) => alert.rung === 'throttle')).toBe(true);
  });

  it('throttle from the holder’s own machine, however little each shows', () => {
    const state = freshState();
    feed(state, honestDays(30, 5));
    const thief = Array.from({ length: 100 }, (_, i) => searched(MONDAY + 30 * DAY + 10 * HOUR + i * 60_000, 0));
    const throttle = alertsOf(feed(state, thief)).find((alert) => alert.rung === 'throttle')!;
    expect(throttle.exposed).toBeLessThanOrEqual(25);
  });

  it('grow no quota in a month', () => {
    const state = freshState();
    feed(state, merged(honestDays(40, 5), searching(40, 3)));
    const before = state.channels.quotaUnnamed[0]!;
    const slow = Array.from({ length: 20 }, (_, d) =>
      Array.from({ length: before - 1 }, (_, i) => searched(MONDAY + (42 + d) * DAY + 9 * HOUR + i * MINUTE, 3)),
    ).flat();
    feed(state, slow);
    expect(state.channels.quotaUnnamed[0]!).toBeLessThan(3 * before);
  });
});
