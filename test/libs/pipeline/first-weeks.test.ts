import { expect, test } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_EXPORT, CLASS_MANAGER } from '#libs/model/codes.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY, theft } from './traffic.ts';

const merged = (...logs: readonly AccessEvent[][]): AccessEvent[] => logs.flat().sort((a, b) => a.timeMs - b.timeMs);

/** A practice that serves the whole country from its first day on, and bills a third of the people; a new device on the fourth. */
const national = (days: number, perDay: number): AccessEvent[] =>
  Array.from({ length: days }, (_, d) =>
    Array.from({ length: perDay }, (_, i) => {
      const person = 700_000_000 + d * 1000 + i;
      const time = MONDAY + d * DAY + 9 * HOUR + i * 15 * MINUTE;
      const of = { account: 50, person, department: 1 + ((person * 37) % 95), device: d < 3 ? 0 : 1 };
      const looked = eventOf({ ...of, time, missed: i % 7 === 6 });
      return i % 3 !== 0 ? [looked] : [looked, eventOf({ ...of, time: time + 10 * MINUTE, action: 'claim' })];
    }),
  ).flat(2);

test('an account whose own people are not known yet is not suspended for coming from everywhere', () => {
  const practices = Array.from({ length: 10 }, (_, i) => honestDays(5, 5, i + 1));
  const alerts = alertsOf(feed(freshState(), merged(national(5, 12), ...practices)));
  expect(alerts.filter((alert) => alert.account.id === 'PS-50').map((alert) => alert.rung)).not.toContain('suspend');
});

test('in a log’s first week a list asks for a second factor, and only numbers in a row suspend', () => {
  const practices = () => Array.from({ length: 10 }, (_, i) => honestDays(5, 8, i + 1));
  const rungs = (kind: 'list' | 'sweep') => {
    const stolen = theft(MONDAY + 3 * DAY + 9 * HOUR, 200, 60, kind);
    return alertsOf(feed(freshState(), merged(stolen, ...practices()))).map(({ rung }) => rung);
  };
  expect(rungs('list')).toContain('step_up');
  expect(rungs('list')).not.toContain('suspend');
  expect(rungs('sweep')).toContain('suspend');
});

test('the first Tuesday of a log is a working day, though nobody was seen on one yet', () => {
  // Thirty large practices: what each does on a Tuesday morning is what all did on Monday.
  const events = Array.from({ length: 30 }, (_, account) => honestDays(5, 90, account + 1));
  expect(alertsOf(feed(freshState(), merged(...events)))).toEqual([]);
});

/** A manager's export of people that the log does not name. */
const exported = (time: number, rows: number): AccessEvent =>
  Object.assign(eventOf({ time, account: 60, person: 1 }), {
    accountClass: CLASS_MANAGER,
    action: ACTION_EXPORT,
    hasPerson: false,
    personLo: 0,
    personHi: 0,
    rows,
  });

/** A manager who looks up a few people a day and exports a list on Mondays. */
const weekly = (weeks: number): AccessEvent[] =>
  merged(
    honestDays(weeks * 7, 8, 60).map((event) => Object.assign(event, { accountClass: CLASS_MANAGER })),
    Array.from({ length: weeks }, (_, w) => exported(MONDAY + w * 7 * DAY + 7 * HOUR, 1500 + 100 * (w % 4))),
  );

test('a list exported every Monday is usual after two weeks; a second one, or one many times as large, is not', () => {
  const state = freshState();
  feed(state, weekly(3));
  const later = (events: readonly AccessEvent[]) => alertsOf(feed(state, events)).map((alert) => alert.rung);
  const rest = weekly(6).filter((event) => event.timeMs >= MONDAY + 21 * DAY);
  expect(later(rest)).toEqual([]);
  const tuesday = MONDAY + 43 * DAY + 8 * HOUR;
  expect(later([exported(tuesday, 1700)])).toEqual([]);
  expect(later([exported(tuesday + HOUR, 1700)])).toContain('throttle');
  expect(later([exported(tuesday + 3 * DAY, 20_000)])).toContain('step_up');
});
