import { mean, variance } from 'simple-statistics';

/**
 * A trait is a probability that belongs to an account: how often its new people are misses, unseen, not followed up, and more. It
 * is learnt per account, shrunk to its group, and used at the upper end of what is still plausible, so that a young or
 * odd account is given the benefit of the doubt.
 */
export const TRAITS = [
  'miss',
  'unseen',
  'without_30m',
  'without_3h',
  'without_1d',
  'without_9d',
  'outside',
  'known_without',
  'closed_contract',
  'other_insurer',
  'no_pec',
  'regular',
  'off_hours',
] as const;
export const TRAIT_COUNT = TRAITS.length;
export const T_MISS = 0;
export const T_UNSEEN = 1;
export const T_WITHOUT_30M = 2;
export const T_WITHOUT_3H = 3;
export const T_WITHOUT_1D = 4;
export const T_WITHOUT_9D = 5;
export const T_OUTSIDE = 6;
/** Known people looked up again and not followed up within three hours. */
export const T_KNOWN_WITHOUT = 7;
/** People whose contract had ended; who are insured elsewhere than the account's people usually; for whom no prise en charge is known. */
export const T_CLOSED_CONTRACT = 8;
export const T_OTHER_INSURER = 9;
export const T_NO_PEC = 10;
/** Look-ups that came as a clock would send them, and days with work at hours at which hardly anybody of the group works. */
export const T_REGULAR = 11;
export const T_OFF_HOURS = 12;

/** A Beta prior by its mean and its strength in observations. */
export interface TraitPrior {
  readonly mean: number;
  readonly strength: number;
}

/** Before any group has shown its own: weak, and on the forgiving side. */
export const DEFAULT_PRIORS: readonly TraitPrior[] = [
  { mean: 0.04, strength: 6 },
  { mean: 0.5, strength: 2 },
  { mean: 0.9, strength: 2 },
  { mean: 0.75, strength: 2 },
  { mean: 0.6, strength: 2 },
  { mean: 0.5, strength: 2 },
  { mean: 0.4, strength: 4 },
  { mean: 0.7, strength: 2 },
  { mean: 0.08, strength: 4 },
  { mean: 0.5, strength: 4 },
  { mean: 0.6, strength: 2 },
  { mean: 0.1, strength: 4 },
  { mean: 0.15, strength: 4 },
];

const MIN_STRENGTH = 1.5;
const MAX_STRENGTH = 24;
/** Accounts with fewer observations say too little about the spread between accounts. */
export const MIN_OBSERVATIONS = 8;
/** Smaller groups borrow the prior of the wider group. */
export const MIN_ACCOUNTS = 5;
const UPPER_SD = 1.64;
export const MIN_P0 = 0.02;
export const MAX_P0 = 0.98;

/**
 * Beta prior of a group by moments (method of moments for the beta-binomial): variance between accounts less what the
 * binomial explains. One account in a hundred at the top is trimmed, so that attacked accounts in the past do not
 * excuse the next one.
 * @param counts pairs of (observations n, hits x) of the group's accounts with n >= {@link MIN_OBSERVATIONS}
 */
export function groupPrior(counts: readonly (readonly [number, number])[], fallback: TraitPrior): TraitPrior {
  if (counts.length < MIN_ACCOUNTS) return fallback;
  const shares = counts.map(([n, x]) => x / n).sort((a, b) => a - b);
  const kept = shares.slice(0, Math.max(MIN_ACCOUNTS, Math.floor(shares.length * 0.99)));
  const m = Math.min(Math.max(mean(kept), 0.001), 0.999);
  const binomial = mean(counts.map(([n]) => (m * (1 - m)) / n));
  const between = Math.max(variance(kept) - binomial, 1e-6);
  const strength = Math.min(Math.max((m * (1 - m)) / between - 1, MIN_STRENGTH), MAX_STRENGTH);
  return { mean: m, strength };
}

/** Upper plausible value (posterior mean + 1.64 standard deviations, clipped) of an account's trait. */
export function upperProbability(n: number, x: number, prior: TraitPrior): number {
  const total = prior.strength + n;
  const m = (prior.mean * prior.strength + x) / total;
  const sd = Math.sqrt((m * (1 - m)) / (total + 1));
  return Math.min(Math.max(m + UPPER_SD * sd, MIN_P0), MAX_P0);
}

/** Above this share without follow-up in nine days an account does not bill here: look-ups themselves are all there is to learn from. */
export const NEVER_BILLS = 0.9;
