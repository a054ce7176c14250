import { describe, expect, test } from 'vitest';
import { theftFigures } from '../power/second/exposure.ts';
import { honestFigures } from '../power/second/honest.ts';
import type { PortalFigures } from '../power/second/measure.ts';
import type { HardCase } from '../power/second/portal/accounts.ts';
import { Calendar, DAY_MS } from '../power/second/portal/calendar.ts';
import { household, nirKey } from '../power/second/portal/person.ts';
import { PORTALS } from '../power/second/portal/portals.ts';
import { randomOf, seedOf, weighted } from '../power/second/portal/random.ts';
import type { Replayed, Rung } from '../power/second/replayed.ts';
import { reportOf, totalsOf } from '../power/second/report.ts';

/** How the second simulator counts; what detection makes of its portals is in test/scenarios. */

const START = Date.UTC(2026, 1, 2);
const iso = (days: number): string => new Date(START + days * DAY_MS).toISOString();

function replayedOf(met: readonly (readonly [account: string, rung: Rung, days: number])[]): Replayed {
  const of = (isAlert: boolean) => met.filter(([, rung]) => (rung === 'alert') === isAlert);
  return {
    run: { events: 1, rejected: {} },
    alerts: of(true).map(([account, , days]) => ({ id: account, time: iso(days), account, evidence: [] })),
    actions: of(false).map(([account, action, days]) => ({
      time: iso(days),
      account,
      action: action as Exclude<Rung, 'alert'>,
      alert: account,
      score: 9,
      decision: 'act',
    })),
    campaigns: [],
    labels: { attacks: [{ id: 'x', exposed: { contained: 30 } }] },
  };
}

describe('people shown to a thief', () => {
  /** One person each hour from day 10 on, on two accounts. */
  const shown = Array.from({ length: 100 }, (_, hour) => ({ atMs: START + 10 * DAY_MS + hour * 3600e3, people: 1 }));
  const theft = { id: 'x', startMs: START + 10 * DAY_MS, endMs: START + 20 * DAY_MS };
  const one = { ...theft, accounts: new Map([['a', shown]]) };
  const two = { ...theft, accounts: new Map([...one.accounts, ['b', shown]]) };

  test('the deciding look-up is counted; a higher rung ends what a lower one would have', () => {
    const [figures] = theftFigures([one], replayedOf([['a', 'suspend', 11]]), false);
    expect(figures).toEqual({
      id: 'x',
      accounts: 1,
      before: { alert: 25, step_up: 25, throttle: 25, suspend: 25 },
      met: { alert: 1, step_up: 1, throttle: 1, suspend: 1 },
      contained: null,
      if_nobody_acted: 100,
    });
  });

  test('a throttle asks for no second factor, and what came before the theft does not count', () => {
    const met = replayedOf([
      ['a', 'step_up', 9],
      ['a', 'throttle', 10.5],
      ['c', 'suspend', 10],
    ]);
    const [{ before, contained }] = theftFigures([one], met, true);
    expect(before).toEqual({ alert: 13, step_up: null, throttle: 13, suspend: null });
    expect(contained).toBe(30);
  });

  test('of several accounts the mean: one that was never met counts with everything', () => {
    const [{ before, met, contained }] = theftFigures([two], replayedOf([['b', 'step_up', 10]]), true);
    expect(before.step_up).toBe(Math.round((1 + 100) / 2));
    expect(met.step_up).toBe(1);
    expect(contained).toBe(15);
  });

  test('rows of an export are people', () => {
    const accounts = new Map([['a', [{ atMs: theft.startMs, people: 500 }]]]);
    const [{ before }] = theftFigures([{ ...theft, accounts }], replayedOf([['a', 'alert', 10]]), false);
    expect(before).toMatchObject({ alert: 500, step_up: null });
  });
});

describe('honest accounts', () => {
  const portal = { what: '', accounts: 3, days: 91, warmUpDays: 35, start: '2026-02-02', thefts: 'each' } as const;
  const account = (id: string, start: number, ...cases: HardCase[]) => ({
    id,
    start,
    cases,
    profession: 'dentist' as const,
  });
  const accounts = [
    account('plain', 0),
    account('late', 63),
    account('hard', 0, { kind: 'screening', from: 50, to: 51 }),
  ];
  const robbed = { accounts: new Map([['robbed', []]]), startMs: START + 42 * DAY_MS };
  const world = { portal, calendar: new Calendar(portal.start, portal.days, 0), accounts };
  const measured = { world: { ...world, accounts: [...accounts, account('robbed', 0)] }, thefts: [robbed] };

  test('months after the warm-up, each disturbed month once, robbed accounts until they are robbed', () => {
    const figures = honestFigures(
      measured,
      replayedOf([
        ['plain', 'throttle', 34],
        ['plain', 'throttle', 36.1],
        ['plain', 'throttle', 36.2],
        ['plain', 'throttle', 40],
        ['plain', 'throttle', 70],
        ['hard', 'alert', 50.5],
        ['hard', 'step_up', 50.5],
        ['robbed', 'suspend', 41],
        ['robbed', 'suspend', 50],
        ['robbed', 'throttle', 50],
      ]),
    );
    // Two whole stretches of 56 days, one account that came half-way, a week before the theft.
    expect(figures.months).toBe(5.3);
    expect(figures.accounts).toBe(4);
    expect(figures.disturbed).toEqual({ alert: 1, step_up: 1, throttle: 2, suspend: 1 });
    expect(figures.plain).toEqual({ months: 3.3, disturbed: { alert: 0, step_up: 0, throttle: 2, suspend: 1 } });
    expect(figures.restricting_days).toBe(4);
    expect(figures.cases).toEqual({ screening: 1 });
    expect(figures.first.map(({ account: id, rung, why }) => [id, rung, why])).toEqual([
      ['hard', 'step_up', 'screening'],
      ['plain', 'throttle', '(dentist)'],
      ['robbed', 'suspend', '(dentist)'],
    ]);
  });

  test('a hard case explains what comes within three weeks of it, no more', () => {
    const why = (days: number) => honestFigures(measured, replayedOf([['hard', 'step_up', days]])).first[0]!.why;
    expect([why(48.5), why(49.5), why(71.5), why(72.5)]).toEqual(['(dentist)', 'screening', 'screening', '(dentist)']);
  });

  test('totals have Poisson’s bound, and the report shows what stands out', () => {
    const honest = honestFigures(measured, replayedOf([['hard', 'suspend', 50.5]]));
    const campaigns = [{ kind: 'rising_scores', time: iso(1), members: 4, honest: 3 }];
    const figures: PortalFigures = { portal: 'P4', seed: 1, events: 1, rejected: {}, honest, thefts: [], campaigns };
    // 2.9957 is -ln 0.05, the bound of nothing seen.
    expect(totalsOf([figures]).honest.throttle.bound_95_per_10000).toBeCloseTo((2.9957 / 5.3) * 10_000, -1);
    const report = reportOf([figures]);
    expect(report).toContain('honest suspension P4 hard screening');
    expect(report).toContain('4 accounts, 3 of them honest');
    expect(report).not.toMatch(/undefined|NaN/);
  });
});

describe('the people', () => {
  const shape = { home: 0.5, region: 0.1, abroad: 0.1 };
  const town = { id: 1, department: '2A', shape, size: 100 };

  test('are the same for the same place, have a valid key, and children share a parent’s number', () => {
    const all = Array.from({ length: 400 }, (_, i) => household(3, town, i));
    expect(household(3, town, 7)).toEqual(all[7]);
    expect(household(4, town, 7)).not.toEqual(all[7]);
    for (const { nir } of all.flat()) expect(nir).toMatch(/^[12]\d{4}(?:2[AB]|\d\d)\d{8}$/);
    for (const { nir } of all.flat()) expect(nir.slice(13)).toBe(nirKey(nir.slice(0, 13)));
    const families = all.filter((people) => people.length > 2);
    expect(families.length).toBeGreaterThan(50);
    for (const people of families) {
      const adults = new Set(people.filter((p) => p.birthDate < '2008').map((p) => p.nir));
      expect(people.every((p) => adults.has(p.nir))).toBe(true);
    }
  });

  test('keys are those of real numbers', () => {
    // The example of INSEE's own description of the key.
    expect(nirKey('2550814168025')).toBe('38');
  });
});

test('draws are the same for the same seed and as frequent as their weights', () => {
  const draw = weighted([
    ['a', 3],
    ['b', 1],
  ]);
  const counts = (seed: number) => {
    const random = randomOf(seedOf('x', seed));
    return Array.from({ length: 4000 }, () => draw(random)).filter((x) => x === 'a').length;
  };
  expect(counts(1)).toBe(counts(1));
  expect(counts(1)).not.toBe(counts(2));
  expect(counts(1) / 4000).toBeCloseTo(0.75, 1);
});

test('hours are those of the clock on the wall, in summer and in Réunion', () => {
  const mainland = new Calendar('2026-03-28', 3, undefined);
  expect(new Date(mainland.at(0, 9)).toISOString()).toBe('2026-03-28T08:00:00.000Z');
  // The clocks go forward on 29 March.
  expect(new Date(mainland.at(1, 9)).toISOString()).toBe('2026-03-29T07:00:00.000Z');
  expect(new Date(new Calendar('2026-03-28', 3, 4).at(1, 9)).toISOString()).toBe('2026-03-29T05:00:00.000Z');
});

test('every portal leaves time to measure after its warm-up', () => {
  for (const { days, warmUpDays } of Object.values(PORTALS)) expect(days - warmUpDays).toBeGreaterThanOrEqual(35);
});
