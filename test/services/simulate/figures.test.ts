import { describe, expect, test } from 'vitest';
import type { Profession } from '#libs/model/codes.ts';
import {
  CHANNEL_API,
  CLASS_PROFESSIONAL,
  CLASS_SOFTWARE,
  isFollowUp,
  isLookup,
  OUTCOME_DENIED,
  OUTCOME_FOUND,
  OUTCOME_NOT_FOUND,
  PROFESSIONS,
} from '#libs/model/codes.ts';
import { departmentIndex } from '#libs/model/departments.ts';
import { makeAccounts } from '#services/simulate/accounts.ts';
import { DEFAULT_CONFIG } from '#services/simulate/config.ts';
import { RESIDENCE } from '#services/simulate/france.ts';
import { Register } from '#services/simulate/register.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

/**
 * The figures the simulator is built to have, measured on what it writes: seed 21, 250 accounts, 60 days from March (no
 * January, no summer), some 900,000 events. Tolerances are stated at each; accounts differ much, so they are wide where
 * few accounts are behind a figure.
 */
const DAY_MS = 86_400_000;
const near = new Map(RESIDENCE.map((d) => [departmentIndex(d.code), new Set(d.near.map(departmentIndex))]));
const ABROAD = departmentIndex('99');

class Account {
  readonly known = new Set<number>();
  readonly met = new Set<string>();
  readonly followed = new Set<number>();
  profession = '';
  isProfessional = true;
  lookUps = 0;
  misses = 0;
  visits = 0;
  novel = 0;
  found = 0;
  home = 0;
  near = 0;
  abroad = 0;
  apiFollowUps = 0;
  followUps = 0;
  byHour = new Float64Array(24);
  byWeekday = new Float64Array(7);
  byDay = new Map<number, number>();
}

function measure(): Map<string, Account> {
  const simulation = createSimulation({ seed: 21, accounts: 250, days: 60, start: '2026-03-02' });
  const start = Date.parse('2026-03-02T00:00:00Z');
  const accounts = new Map<string, Account>();
  for (const { event: e } of simulation.decoded()) {
    let a = accounts.get(e.accountId);
    if (a === undefined) {
      a = new Account();
      a.profession = PROFESSIONS[e.profession]!;
      a.isProfessional = e.accountClass === CLASS_PROFESSIONAL;
      if (e.accountClass === CLASS_SOFTWARE) a.profession = 'software';
      accounts.set(e.accountId, a);
    }
    if (isFollowUp(e.action)) {
      a.followUps++;
      a.followed.add(e.personLo);
      if (e.channel === CHANNEL_API) a.apiFollowUps++;
    }
    if (!isLookup(e.action)) continue;
    a.lookUps++;
    if (e.outcome === OUTCOME_NOT_FOUND || e.outcome === OUTCOME_DENIED) a.misses++;
    if (e.outcome !== OUTCOME_FOUND) continue;
    a.found++;
    const local = new Date(e.timeMs + 2 * 3_600_000);
    a.byHour[local.getUTCHours()]!++;
    const day = Math.floor(e.timeMs / DAY_MS);
    const visit = `${day} ${e.personLo}`;
    if (a.met.has(visit)) continue;
    a.met.add(visit);
    a.byWeekday[(local.getUTCDay() + 6) % 7]!++;
    a.byDay.set(day, (a.byDay.get(day) ?? 0) + 1);
    const isNew = !a.known.has(e.personLo);
    a.known.add(e.personLo);
    if (e.timeMs > start + 30 * DAY_MS) {
      a.visits++;
      if (isNew) a.novel++;
    }
    if (!isNew) continue;
    if (e.birthDepartment === e.accountDepartment) a.home++;
    else if (near.get(e.accountDepartment)?.has(e.birthDepartment)) a.near++;
    if (e.birthDepartment === ABROAD) a.abroad++;
  }
  return accounts;
}

const accounts = [...measure().values()];
const professionals = accounts.filter((a) => a.isProfessional);
const total = (of: readonly Account[], f: (a: Account) => number): number => of.reduce((sum, a) => sum + f(a), 0);
const of = (profession: Profession): Account[] => professionals.filter((a) => a.profession === profession);
const median = (xs: number[]): number => xs.sort((a, b) => a - b)[xs.length >> 1]!;

test('born where the account is: 58 %, next door: 25 %, abroad: 10-12 % of the people it sees', () => {
  const people = total(professionals, (a) => a.known.size);
  const share = (f: (a: Account) => number): number => total(professionals, f) / people;
  expect(people).toBeGreaterThan(60_000);
  expect(Math.abs(share((a) => a.home) - 0.58)).toBeLessThan(0.05);
  expect(Math.abs(share((a) => a.near) - 0.25)).toBeLessThan(0.05);
  expect(Math.abs(share((a) => a.abroad) - 0.11)).toBeLessThan(0.025);
});

test('opticians: 3.7 people an open day, 37 % of accounts under 2, 5 % over 10 (seed 1, n = 4,000)', () => {
  const config = { ...DEFAULT_CONFIG, accounts: 4000, days: 1, professions: { optician: 1 } };
  const sizes = makeAccounts(config, new Register(2026)).map((a) => a.peoplePerDay);
  const share = (f: (x: number) => boolean): number => sizes.filter(f).length / sizes.length;
  expect(Math.abs(sizes.reduce((s, x) => s + x, 0) / sizes.length - 3.7)).toBeLessThan(0.2);
  expect(Math.abs(share((x) => x < 2) - 0.37)).toBeLessThan(0.03);
  expect(Math.abs(share((x) => x > 10) - 0.05)).toBeLessThan(0.015);
});

test('pharmacies, laboratories and hospital desks are ten and more times as busy', () => {
  const perOpenDay = (p: Profession): number => median(of(p).map((a) => a.met.size / Math.max(1, a.byDay.size)));
  const optician = perOpenDay('optician');
  for (const profession of ['pharmacist', 'laboratory', 'hospital'] as const) {
    expect(perOpenDay(profession) / optician, profession).toBeGreaterThan(8);
  }
});

test('one to five look-ups in a hundred find nobody', () => {
  const share = total(professionals, (a) => a.misses) / total(professionals, (a) => a.lookUps);
  expect(share).toBeGreaterThan(0.01);
  expect(share).toBeLessThan(0.05);
});

describe('billing', () => {
  test('some accounts never bill, the others bill most people', () => {
    const busy = professionals.filter((a) => a.known.size >= 40);
    const never = busy.filter((a) => a.followed.size === 0).length / busy.length;
    expect(busy.length).toBeGreaterThan(120);
    expect(never).toBeGreaterThan(0.02);
    expect(never).toBeLessThan(0.16);
    const shares = busy.filter((a) => a.followed.size > 0).map((a) => a.followed.size / a.known.size);
    expect(median(shares)).toBeGreaterThan(0.65);
    expect(median(shares)).toBeLessThan(0.95);
  });

  test('looked up on the web, billed through the api, by more than half', () => {
    const share = total(professionals, (a) => a.apiFollowUps) / total(professionals, (a) => a.followUps);
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.9);
  });
});

test('strangers: few at the nurse, more than half at the optician', () => {
  const novelty = (p: Profession): number => total(of(p), (a) => a.novel) / total(of(p), (a) => a.visits);
  expect(novelty('nurse')).toBeLessThan(0.2);
  expect(novelty('physiotherapist')).toBeLessThan(0.25);
  expect(novelty('pharmacist')).toBeLessThan(0.45);
  expect(novelty('optician')).toBeGreaterThan(0.45);
  expect(novelty('hospital')).toBeGreaterThan(0.45);
});

test('the week: half of a weekday on Saturday, next to nothing on Sunday, nights at the hospital alone', () => {
  const week = (list: readonly Account[], day: number): number => total(list, (a) => a.byWeekday[day]!);
  const weekday = week(professionals, 1);
  expect(week(professionals, 5) / weekday).toBeGreaterThan(0.35);
  expect(week(professionals, 5) / weekday).toBeLessThan(0.8);
  expect(week(professionals, 6) / weekday).toBeLessThan(0.2);
  const night = (list: readonly Account[]): number =>
    total(list, (a) => a.byHour.slice(0, 5).reduce((s, x) => s + x, 0)) / total(list, (a) => a.found);
  expect(night(of('hospital'))).toBeGreaterThan(0.01);
  expect(night(of('optician'))).toBeLessThan(0.005);
});

test('days are wilder than chance alone: more than twice the variance of Poisson for pharmacies', () => {
  const ratios = of('pharmacist').map((a) => {
    // Tuesdays and Thursdays of weeks without a holiday.
    const counts = [...a.byDay].filter(([day]) => [1, 3].includes((day + 3) % 7)).map(([, n]) => n);
    const mean = counts.reduce((s, x) => s + x, 0) / counts.length;
    return counts.reduce((s, x) => s + (x - mean) ** 2, 0) / counts.length / mean;
  });
  expect(median(ratios)).toBeGreaterThan(2);
});
