import type { StreamSpec } from './stream.ts';

/**
 * Where the people looked up were born, against where this account's people usually are. A yes/no test fails (only about
 * 58 % are born in the account's own department), so each birth department is weighed by how much likelier it is under
 * "somebody's list" than under a mixture of three forecasts of this account.
 */
export const TERRITORY: StreamSpec = {
  name: 'territory',
  sees: 'people born outside the departments this account usually serves',
  nullModel:
    'birth department of a new person drawn from a mixture, weighted by success, of the account’s long-run mix (shrunk to its area), its area’s and its last 32 people’s',
  blindSpots: [
    'a list of people of the account’s own area',
    'the first three hundred of a list of people of one age, in no order',
    'logs without birth departments (no NIR)',
    'accounts that serve the whole country anyway (managers, tele-services)',
  ],
  decayPerDay: 2,
};

/** Share of the null that is always the national alternative: bounds one person's evidence at ln 10. */
const NATIONAL_SHARE_OF_NULL = 0.1;
/** Weight, in people, of the area's mix in the account's long-run mix. */
export const AREA_STRENGTH = 15;

/** Long-run probability of a birth department: own count of it, own total, and the area's probability of it. */
export function longRunProbability(count: number, total: number, area: number): number {
  return (count + AREA_STRENGTH * area) / (total + AREA_STRENGTH);
}

/**
 * At most so many of the people are visitors, so that no forged bills foretell a list whole (0.75 brought honest accounts no more);
 * and how many billed people it takes to see it.
 */
const MOST_VISITORS = 0.5;
const VISITORS_MEMORY = 48;

/**
 * Long-run probability where a share of the people comes from everywhere (a season at the coast): without it each of them
 * speaks for theft until the bill comes, and a busy account has many that wait for theirs.
 */
export function withVisitors(longRun: number, national: number, share: number): number {
  return longRun + share * (national - longRun);
}

/**
 * Share of visitors after one more person was billed: moved towards how probably this one was a visitor (one step of
 * expectation-maximisation with forgetting; Cappé and Moulines 2009). Only people who were billed count: a list teaches nothing.
 */
export function visitorsAfter(share: number, longRun: number, national: number): number {
  const prior = Math.max(share, LEAST_VISITORS);
  const visitor = (prior * national) / (prior * national + (1 - prior) * longRun);
  return Math.min(MOST_VISITORS, prior + (visitor - prior) / VISITORS_MEMORY);
}
const LEAST_VISITORS = 0.02;

/** The same over the last few people: a new but concentrated territory is learnt in ten, a dispersed one never. */
export function recentProbability(count: number, total: number, national: number): number {
  return (count + 2 * national) / (total + 2);
}

/**
 * Who foretells the next person's birth department: the account's long run, its area, its last people, and "one age group
 * came" (a school, a home for the elderly: born all over the country, and all within a few years).
 */
export const FORECASTERS = 4;
/** Weights before anybody was met, and what the weights are drawn back to. */
const AT_FIRST = [0.49, 0.44, 0.05, 0.02] as const;
/** Share of the weights that is dealt out anew at each person: how fast a forecaster may come back. */
const SHARED = 0.01;

/**
 * Probability of a person's birth department by the mixture of the forecasts; with `met`, each forecaster then gains by how
 * well it foretold, and none is ever out (fixed share; Herbster and Warmuth 1998). The larger of the forecasts, taken with
 * hindsight, would be no probability and excuse half of any list.
 * @param weights at `at`…, changed in place where `met`; all 0: nobody was met yet
 */
export function forecast(
  weights: Float32Array,
  at: number,
  longRun: number,
  area: number,
  recent: number,
  ageGroup: number,
  met: boolean,
): number {
  if (weights[at] === 0) weights.set(AT_FIRST, at);
  const a = weights[at]! * longRun;
  const b = weights[at + 1]! * area;
  const c = weights[at + 2]! * recent;
  const d = weights[at + 3]! * ageGroup;
  const sum = a + b + c + d;
  if (met) {
    const kept = (1 - SHARED) / sum;
    weights[at] = a * kept + SHARED * AT_FIRST[0];
    weights[at + 1] = b * kept + SHARED * AT_FIRST[1];
    weights[at + 2] = c * kept + SHARED * AT_FIRST[2];
    weights[at + 3] = d * kept + SHARED * AT_FIRST[3];
  }
  return sum;
}

/** Years on either side of the middle one that make an age group, share of its people within them, years people are born in. */
const AGE_SPAN = 4;
const WITHIN = 0.9;
const YEARS = 85;
/** While too few were met, or where a list sorted by birth looks like an age group. */
const UNDECIDED = 0.3;
const OUTSIDE = 1 - WITHIN;
/**
 * What a forecast from the last people is worth, as a share of the national one, where these come in the order of a list: one
 * sorted by birth looks like an age group, one sorted by place like a practice that moved.
 */
export const LISTED_SHARE = OUTSIDE;
/** A students’ week brings fifty a day; schools, homes and vaccination days bring no more than this: a list of one age goes on. */
export const AGE_GROUP_PEOPLE = 300;
/** Share of them that is forgotten a day. */
export const AGE_GROUP_FADE = 1 / 28;
const MIN_BIRTHS = 6;

/**
 * How much likelier a birth year is if one age group came than in the whole population.
 * @param births months of birth (year x 12 + month, two-digit year) of the last people, `length` of them from `at` @param birth this person's
 */
export function ageGroupFactor(births: Uint16Array, at: number, length: number, birth: number): number {
  if (length < MIN_BIRTHS) return UNDECIDED;
  let sameMonth = 0;
  // Whether the middle one is within the span, by counting: it is, where no more than half lie before and more than half up to
  // the end. Years go round after a century.
  const year = Math.floor(birth / 12);
  const from = 12 * (year - AGE_SPAN);
  const to = 12 * (year + AGE_SPAN + 1);
  const nextFrom = from + MONTHS_A_CENTURY;
  const lastTo = to - MONTHS_A_CENTURY;
  let before = 0;
  let upTo = 0;
  let beforeNext = 0;
  let upToLast = 0;
  for (let i = at; i < at + length; i++) {
    const other = births[i]!;
    if (other === birth) sameMonth++;
    // The sign bit is 1 where it is less: no branch for a processor to guess wrong, sixteen times a person.
    before += (other - from) >>> 31;
    upTo += (other - to) >>> 31;
    beforeNext += (other - nextFrom) >>> 31;
    upToLast += (other - lastTo) >>> 31;
  }
  if (sameMonth > length / 4) return OUTSIDE;
  const middle = length >> 1;
  const within = (before <= middle && upTo > middle) || beforeNext <= middle || upToLast > middle;
  return within ? (WITHIN / (2 * AGE_SPAN + 1)) * YEARS : OUTSIDE;
}
const MONTHS_A_CENTURY = 1200;

/**
 * Log-likelihood ratio of one new person, nats, at most ln 10.
 * @param national probability of the department under the attack (public births figures and uniform, half each)
 * @param expected its probability for this account
 */
export function territoryLogRatio(national: number, expected: number): number {
  return Math.log(national / ((1 - NATIONAL_SHARE_OF_NULL) * expected + NATIONAL_SHARE_OF_NULL * national));
}
