import { quantileSorted } from 'simple-statistics';
import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';
import { MIN_ACCOUNTS } from './traits.ts';

/** A group of peers: class x profession x channel. */
export const GROUP_COUNT = ACCOUNT_CLASSES.length * PROFESSIONS.length * CHANNELS.length;
export const groupOf = (accountClass: number, profession: number, channel: number): number =>
  (accountClass * PROFESSIONS.length + profession) * CHANNELS.length + channel;
/** The wider group that small ones borrow from: class x channel. */
export const widerGroupOf = (group: number): number =>
  Math.floor(group / (PROFESSIONS.length * CHANNELS.length)) * CHANNELS.length + (group % CHANNELS.length);
export const WIDER_GROUP_COUNT = ACCOUNT_CLASSES.length * CHANNELS.length;

/**
 * New people a day expected of a group's member of whom nothing is known, from its members' means: the mean of the
 * lognormal through their median and 90 % quantile (the upper tail is heavy, and attacked accounts sit in it).
 */
export function groupPerDay(means: readonly number[], fallback: number): number {
  if (means.length < MIN_ACCOUNTS) return fallback;
  const sorted = [...means].sort((a, b) => a - b);
  const median = Math.max(quantileSorted(sorted, 0.5), 0.1);
  const upper = Math.max(quantileSorted(sorted, 0.9), median);
  const sigma = Math.min(Math.log(upper / median) / Z90, MAX_SIGMA);
  return median * Math.exp((sigma * sigma) / 2);
}
const Z90 = 1.2816;
const MAX_SIGMA = 1.5;

/** Negative-binomial size from summed squares: mean² over variance beyond Poisson; small is wild, large is steady. */
export function dispersionSize(sumMeanSquared: number, sumExcess: number): number {
  if (sumMeanSquared < MIN_MASS) return DEFAULT_SIZE;
  return Math.min(Math.max(sumMeanSquared / Math.max(sumExcess, 1e-9), MIN_SIZE), MAX_SIZE);
}
const MIN_MASS = 20;
export const DEFAULT_SIZE = 0.7;
const MIN_SIZE = 0.15;
const MAX_SIZE = 8;
