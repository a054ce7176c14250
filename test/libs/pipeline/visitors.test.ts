import { describe, expect, it } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { hash32 } from './hash32.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY, theft } from './traffic.ts';

/** A practice at the coast in its season: three times as many people, two in three of them from everywhere. */

const SEASON = MONDAY + 35 * DAY;
/** From the second week on the season is known. */
const KNOWN = SEASON + 7 * DAY;
const END = SEASON + 26 * DAY;

const anywhere = (i: number): number => 1 + ((hash32(i * 2654435 + 11) >>> 0) % 95);

/** Visitors from everywhere, five an hour for nine hours a day, seven days a week; `billed` of ten within a quarter of an hour. */
function visitors(billed: number): AccessEvent[] {
  const events: AccessEvent[] = [];
  for (let day = SEASON; day < END; day += DAY) {
    for (let i = 0; i < 45; i++) {
      const person = 300_000_000 + Math.floor(day / DAY) * 100 + i;
      const time = day + 8 * HOUR + i * 12 * MINUTE + ((hash32(person) >>> 0) % 7) * MINUTE;
      const department = anywhere(person);
      events.push(eventOf({ time, person, department }));
      if ((hash32(person * 3) >>> 0) % 10 < billed)
        events.push(eventOf({ time: time + 15 * MINUTE, person, department, action: 'claim' }));
    }
  }
  return events;
}

const inOrder = (...logs: AccessEvent[][]): AccessEvent[] => logs.flat().sort((a, b) => a.timeMs - b.timeMs);
const home = () => honestDays(61, 12);
const territoryOf = (alert: ReturnType<typeof alertsOf>[number]) =>
  alert.evidence.filter(({ name }) => name.startsWith('territory')).reduce((sum, { nats }) => sum + nats, 0);

describe('visitors of a season', () => {
  it('are honest once those billed show it: where they were born says little any more', () => {
    const alerts = alertsOf(feed(freshState(), inOrder(home(), visitors(7)))).filter(({ timeMs }) => timeMs >= KNOWN);
    expect(alerts.map(({ rung }) => rung)).not.toContain('suspend');
    for (const alert of alerts) expect(territoryOf(alert)).toBeLessThan(2);
    expect(alerts.map(({ benign }) => benign?.name)).toContain('visitors');
  });

  it('are strangers while nobody is billed for: a list teaches nothing', () => {
    const alerts = alertsOf(feed(freshState(), inOrder(home(), visitors(0))));
    expect(alerts.some(({ rung, timeMs }) => rung === 'suspend' && timeMs < SEASON + DAY)).toBe(true);
  });

  it('do not hide a thief among them', () => {
    const state = freshState();
    const season = inOrder(home(), visitors(7));
    const from = KNOWN + 7 * DAY + 10 * HOUR;
    feed(
      state,
      season.filter(({ timeMs }) => timeMs < from),
    );
    // From the holder's own machine, at six times the season’s pace.
    const thief = theft(from, 400, 30, 'list').map((event) =>
      Object.assign(event, { networkLo: hash32(53), deviceLo: hash32(59) }),
    );
    const alerts = alertsOf(
      feed(
        state,
        inOrder(
          thief,
          season.filter(({ timeMs }) => timeMs >= from),
        ),
      ),
    );
    // Two minutes a person.
    const stolenAt = (rung: string) => (alerts.find((alert) => alert.rung === rung)!.timeMs - from) / (2 * MINUTE);
    expect(Math.min(stolenAt('throttle'), stolenAt('step_up'))).toBeLessThan(30);
    expect(stolenAt('suspend')).toBeLessThan(300);
  });
});
