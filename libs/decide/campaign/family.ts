import { DAY_MS, FADE, LAG_DAYS } from './limits.ts';
import { surprise } from './negative-binomial.ts';

/**
 * Counts of accounts by key (a network, a group of peers) and day, and what is usual of each key. All keys of one kind
 * are a family: they share the rhythm of the week, the wildness of days, and the prior that a key of which little is
 * known starts from.
 */

const RING = 8;

export interface KeyRate {
  /** Accounts (establishments) by day & 7. */
  readonly days: number[];
  /** Those of the day that were taken out again, since a campaign named them. */
  readonly named: number[];
  firstDay: number;
  /** Accounts learnt and the days they came in, both faded. */
  seen: number;
  time: number;
  /** A network or device of an open campaign: its days teach nothing. */
  held: boolean;
}

export interface Family {
  /**
   * `appearing`: keys come with their first account (a network). `standing`: keys share out all accounts and stand from
   * the beginning (a profession): where all others' counts surge as well, a key's surge is expected too. `succeeding`: the
   * same, but keys come in the place of others (a browser's next version).
   */
  readonly keysAre: 'appearing' | 'standing' | 'succeeding';
  keys: Map<string, KeyRate>;
  /** All keys of a standing family together. */
  readonly total: KeyRate;
  /** Faded sums for the prior: exposure in days and its square, accounts and accounts x (accounts - 1). */
  prior: { days: number; daysSquared: number; accounts: number; pairs: number };
  /** Accounts by day of the week (faded), and how often that day was seen. */
  readonly weekAccounts: number[];
  readonly weekDays: number[];
  /** Faded sums for the wildness of days: expected squared, and squared error beyond Poisson. */
  wild: { expectedSquared: number; excess: number };
  /** How steady days are held to be while the family's own counts are too few to say. */
  steadinessAtFirst: number;
  /** Accounts a day of the key that brings most. */
  most: number;
}

const createRate = (firstDay: number, time: number): KeyRate => ({
  days: new Array<number>(RING).fill(0),
  named: new Array<number>(RING).fill(0),
  firstDay,
  seen: 0,
  time,
  held: false,
});

export const createFamily = (keysAre: Family['keysAre']): Family => ({
  keysAre,
  keys: new Map(),
  total: createRate(0, 0),
  prior: { days: 0, daysSquared: 0, accounts: 0, pairs: 0 },
  weekAccounts: new Array<number>(7).fill(0),
  weekDays: new Array<number>(7).fill(0),
  wild: { expectedSquared: 0, excess: 0 },
  steadinessAtFirst: DEFAULT_STEADINESS,
  most: 0,
});

export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

/** The key's counts, made where it is new. @param knownDays days (faded) that the family was watched without it */
export function keyRate(family: Family, key: string, day: number, knownDays: number): KeyRate {
  let rate = family.keys.get(key);
  if (rate === undefined) {
    rate = createRate(day, family.keysAre === 'appearing' ? 0 : knownDays);
    family.keys.set(key, rate);
  }
  return rate;
}

/** Counts one account (establishment) that is new to the key this week. */
export function countAccount(family: Family, rate: KeyRate, day: number): void {
  const slot = day & (RING - 1);
  rate.days[slot] = rate.days[slot]! + 1;
  family.total.days[slot] = family.total.days[slot]! + 1;
}

/** Takes one account out again: it belongs to a campaign and hardly says what is usual. */
export function uncountAccount(family: Family, rate: KeyRate, day: number): void {
  const slot = day & (RING - 1);
  if (rate.days[slot]! === 0) return;
  rate.days[slot] = rate.days[slot]! - 1;
  rate.named[slot] = rate.named[slot]! + 1;
  family.total.days[slot] = Math.max(0, family.total.days[slot]! - 1);
}

/**
 * Twenty keys' weeks that were never seen, so that the first real ones don't decide alone: an account in seven weeks, and
 * keys that differ (a shape of 0.3).
 */
const DEFAULT_PRIOR = { days: 140, daysSquared: 980, accounts: 3, pairs: 2 } as const;
const MIN_SHAPE = 0.05;
const MAX_SHAPE = 20;

/** Gamma prior of a key's accounts a day, by moments over keys: E[x] = days·E[rate], E[x(x-1)] = days²·E[rate²]. */
function gammaPrior(family: Family): { readonly shape: number; readonly rate: number } {
  const days = family.prior.days + DEFAULT_PRIOR.days;
  const mean = (family.prior.accounts + DEFAULT_PRIOR.accounts) / days;
  const square = (family.prior.pairs + DEFAULT_PRIOR.pairs) / (family.prior.daysSquared + DEFAULT_PRIOR.daysSquared);
  const variance = Math.max(square - mean * mean, 1e-12);
  const shape = Math.min(MAX_SHAPE, Math.max(MIN_SHAPE, (mean * mean) / variance));
  return { shape, rate: shape / mean };
}

/** How busy a day of the week is, 1 on average; drawn to 1 while few accounts were seen. */
function weekFactor(family: Family, day: number): number {
  const dow = ((day % 7) + 7) % 7;
  let accounts = 0;
  let days = 0;
  for (let i = 0; i < 7; i++) {
    accounts += family.weekAccounts[i]!;
    days += family.weekDays[i]!;
  }
  if (accounts === 0) return 1;
  const average = accounts / days;
  return (family.weekAccounts[dow]! + WEEK_DRAW) / (family.weekDays[dow]! * average + WEEK_DRAW);
}
const WEEK_DRAW = 20;

/** Too few counts to say how wild days are. */
const MIN_WILD_MASS = 20;
const DEFAULT_STEADINESS = 10;

const steadiness = ({ wild, steadinessAtFirst }: Family): number =>
  wild.expectedSquared < MIN_WILD_MASS ? steadinessAtFirst : steadinessBy(wild.expectedSquared, wild.excess);

const steadinessBy = (expectedSquared: number, excess: number): number =>
  Math.min(1000, Math.max(0.5, expectedSquared / Math.max(excess, 1e-9)));

/**
 * Families that count the same accounts, the ones more strictly than the others, have wild days together: whichever has too
 * few counts to say takes it from all.
 */
export function shareSteadiness(families: readonly Family[]): void {
  let expectedSquared = 0;
  let excess = 0;
  for (const { wild } of families) {
    expectedSquared += wild.expectedSquared;
    excess += wild.excess;
  }
  if (expectedSquared < MIN_WILD_MASS) return;
  for (const family of families)
    family.steadinessAtFirst = Math.min(DEFAULT_STEADINESS, steadinessBy(expectedSquared, excess));
}

export interface WindowCount {
  /** Accounts (establishments) counted in the window; a key that appeared in it owes one to its appearance. */
  readonly observed: number;
  readonly expected: number;
  /** -ln P(so many or more), nats. */
  readonly nats: number;
}

/**
 * A key's count over the `days` days up to and with `day`, today's as if it were over (which is on the safe side).
 * @param atLeast accounts expected at least, whatever was learnt
 */
export function windowCount(family: Family, rate: KeyRate, day: number, days: number, atLeast = 0): WindowCount {
  const isNew = family.keysAre === 'appearing';
  const first = isNew ? Math.max(day - days + 1, rate.firstDay) : day - days + 1;
  const observed = countBetween(rate, first, day);
  const expected = Math.max(atLeast, expectedBetween(family, rate, first, day));
  const appeared = isNew && rate.firstDay >= first && rate.seen === 0;
  return { observed, expected, nats: surprise(observed - (appeared ? 1 : 0), expected, sizeOf(family, rate)) };
}

/** How little a key's counts vary beyond chance: by what is known of its rate, and by how wild days are. Larger is steadier. */
const sizeOf = (family: Family, rate: KeyRate): number =>
  1 / (1 / (gammaPrior(family).shape + rate.seen) + 1 / steadiness(family));

/** Accounts that chance brings. */
export interface Chance {
  readonly expected: number;
  /** Of the count: what Poisson has, and what days have in common. */
  readonly variance: number;
}

/** What chance brings to a key from the day `first` to the day `last`, both included, and `atLeast`. */
export function chanceBetween(family: Family, rate: KeyRate, first: number, last: number, atLeast = 0): Chance {
  const expected = Math.max(atLeast, expectedBetween(family, rate, first, last));
  return { expected, variance: expected + (expected * expected) / sizeOf(family, rate) };
}

function countBetween({ days }: KeyRate, first: number, last: number): number {
  let count = 0;
  for (let day = Math.max(first, last - LAG_DAYS + 1); day <= last; day++) count += days[day & (RING - 1)]!;
  return count;
}

/** Accounts expected of a key from the day `first` to the day `last`, both included. */
function expectedBetween(family: Family, rate: KeyRate, first: number, last: number): number {
  const prior = gammaPrior(family);
  let weight = 0;
  for (let day = first; day <= last; day++) weight += weekFactor(family, day);
  const own = (prior.shape + rate.seen) / (prior.rate + rate.time);
  const isYoung = family.keysAre === 'succeeding' && last - rate.firstDay < SUCCESSION_DAYS;
  const usual = weight * (isYoung ? Math.max(own, family.most) : own);
  return usual * surgeOfOthers(family, rate, usual, first, last, weight);
}

/** For so long a new key may be the next version of the one that brings most. */
const SUCCESSION_DAYS = 28;

/** By how much all other keys together exceed what is usual of them; 1 where they don't. */
function surgeOfOthers(
  { keysAre, total, keys }: Family,
  rate: KeyRate,
  usual: number,
  first: number,
  last: number,
  weight: number,
): number {
  if (keysAre === 'appearing' || keys.size < 2 || total.time === 0) return 1;
  const from = Math.max(first, last - LAG_DAYS + 1);
  const part = (last - from + 1) / (last - first + 1);
  const expected = Math.max(((weight * total.seen) / total.time - usual) * part, SURGE_FROM);
  return Math.max(1, (countBetween(total, from, last) - countBetween(rate, from, last)) / expected);
}
/** Fewer others than this are no surge. */
const SURGE_FROM = 3;

/**
 * A new day begins: what happened a week ago is learnt (unless it was part of a campaign), keys that only ever brought
 * one account are forgotten.
 * @param learns false while the log is so young that everything is new
 */
export function learnDay(family: Family, day: number, learns: boolean): void {
  const learnt = day - LAG_DAYS;
  const slot = learnt & (RING - 1);
  if (!learns) {
    for (const rate of [family.total, ...family.keys.values()]) clearDay(rate, slot);
    return;
  }
  const dow = ((learnt % 7) + 7) % 7;
  const { prior, wild } = family;
  fade(prior);
  fade(wild);
  for (let i = 0; i < 7; i++) {
    family.weekAccounts[i] = family.weekAccounts[i]! * FADE;
    family.weekDays[i] = family.weekDays[i]! * FADE;
  }
  family.weekDays[dow] = family.weekDays[dow]! + 1;
  const usual = gammaPrior(family);
  const factor = weekFactor(family, learnt);
  const { total } = family;
  let all = 0;
  let most = 0;
  for (const [key, rate] of family.keys) {
    if (rate.firstDay > learnt) continue;
    const appeared = family.keysAre === 'appearing' && rate.firstDay === learnt;
    const honest = rate.days[slot]! - (appeared ? 1 : 0);
    const named = rate.named[slot]!;
    clearDay(rate, slot);
    if (rate.held) continue;
    const shape = usual.shape + rate.seen;
    const mean = (factor * shape) / (usual.rate + rate.time);
    // Chance has brought some of the named: a campaign that takes in all who rise would else teach that nobody does.
    const count = honest + Math.min(named, Math.max(0, mean - honest));
    const capped = Math.min(count, mean + 4 * Math.sqrt(mean + (mean * mean) / shape) + 2);
    all += capped;
    rate.seen = rate.seen * FADE + capped;
    rate.time = rate.time * FADE + 1;
    family.weekAccounts[dow] = family.weekAccounts[dow]! + capped;
    if (!appeared) {
      wild.expectedSquared += mean * mean;
      wild.excess += (capped - mean) ** 2 - mean;
    }
    most = Math.max(most, rate.seen / rate.time);
    if (family.keysAre !== 'appearing') continue;
    if (learnt - rate.firstDay === LAG_DAYS - 1) notePrior(family, rate);
    if (rate.seen < FORGET_BELOW && isAtRest(rate)) family.keys.delete(key);
  }
  clearDay(total, slot);
  total.seen = total.seen * FADE + all;
  total.time = total.time * FADE + 1;
  family.most = most;
  if (family.keysAre !== 'appearing') priorFromAll(family);
}
const clearDay = ({ days, named }: KeyRate, slot: number): void => {
  days[slot] = 0;
  named[slot] = 0;
};
const FORGET_BELOW = 0.02;
const isAtRest = ({ days }: KeyRate): boolean => days.every((count) => count === 0);

function fade(sums: Record<string, number>): void {
  for (const name of Object.keys(sums)) sums[name] = sums[name]! * FADE;
}

/** A key's first week is what the prior of keys that appear is made of. */
function notePrior({ prior }: Family, rate: KeyRate): void {
  prior.days += LAG_DAYS;
  prior.daysSquared += LAG_DAYS * LAG_DAYS;
  prior.accounts += rate.seen;
  prior.pairs += Math.max(0, rate.seen * (rate.seen - 1));
}

/** Keys that stand from the beginning are each other's prior. */
function priorFromAll(family: Family): void {
  const prior = { days: 0, daysSquared: 0, accounts: 0, pairs: 0 };
  for (const rate of family.keys.values()) {
    prior.days += rate.time;
    prior.daysSquared += rate.time * rate.time;
    prior.accounts += rate.seen;
    prior.pairs += Math.max(0, rate.seen * (rate.seen - 1));
  }
  family.prior = prior;
}
