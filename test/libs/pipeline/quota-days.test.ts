import { expect, test } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOME, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';

const START = MONDAY + 28 * DAY;

/** Ten days of the victim's own machine asking for people of its own department, billed as ever, until a day's quota is used up. */
function malware(days: number): AccessEvent[] {
  return Array.from({ length: days }, (_, d) =>
    Array.from({ length: 70 }, (_, i) => {
      const person = 800_000_000 + d * 1000 + i;
      const time = START + d * DAY + 8 * HOUR + i * 8 * MINUTE;
      const of = { person, department: HOME };
      return [eventOf({ ...of, time }), eventOf({ ...of, time: time + 10 * MINUTE, action: 'claim' })];
    }),
  ).flat(2);
}

const stepUps = (days: number): number[] => {
  const state = freshState();
  feed(state, honestDays(26, 8));
  const alerts = alertsOf(feed(state, malware(days)));
  expect(alerts.some(({ rung }) => rung === 'throttle')).toBe(true);
  return alerts.filter(({ rung, status }) => rung === 'step_up' && status !== 'closed').map(({ timeMs }) => timeMs);
};

test('a quota that is used up on one day throttles; on the fourth day of ten a second factor is asked for', () => {
  expect(stepUps(3)).toEqual([]);
  const [first] = stepUps(6);
  expect(first).toBeGreaterThanOrEqual(START + 3 * DAY);
  expect(first).toBeLessThan(START + 4 * DAY);
});
