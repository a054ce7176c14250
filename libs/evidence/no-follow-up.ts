import { bernoulliLogRatio } from './accumulate.ts';
import type { StreamSpec } from './stream.ts';

/**
 * People looked up and then neither billed nor asked a prise en charge for. New people are gathered in cohorts by the
 * time of their first look-up, and each cohort is judged once, when honest follow-ups of that horizon have had their time.
 */
const spec = (name: string, horizon: string): StreamSpec => ({
  name,
  sees: `new people for whom nothing was billed or requested within ${horizon}`,
  nullModel:
    'each person of a cohort stays without follow-up with the account’s own probability for that horizon (upper posterior bound)',
  blindSpots: [
    'accounts that never bill through the portal',
    'forged follow-ups',
    'whatever happens before the horizon has passed',
  ],
  decayPerDay: 0.5,
});

export const NO_FOLLOW_UP_30M = spec('no_follow_up_30m', 'half an hour');
export const NO_FOLLOW_UP_3H = spec('no_follow_up_3h', 'three hours');
export const NO_FOLLOW_UP_1D = spec('no_follow_up_1d', 'the end of the next day');
export const NO_FOLLOW_UP_9D = spec('no_follow_up_9d', 'nine days');

/** Shares without follow-up under theft. Never half-way to the null: that makes every half-followed day an alarm. */
const ATTACK = [0.9, 0.97] as const;

/**
 * Log-likelihood ratio of a judged cohort, nats: the mean of the alternatives that lie above the null.
 * @param people size of the cohort
 * @param without of them, people without follow-up (0 <= without <= people)
 */
export function cohortLogRatio(people: number, without: number, p0: number): number {
  let best = -Infinity;
  let sum = 0;
  let alternatives = 0;
  for (const p1 of ATTACK) {
    if (p1 <= p0) continue;
    const ratio = without * bernoulliLogRatio(true, p0, p1) + (people - without) * bernoulliLogRatio(false, p0, p1);
    // Log-sum-exp: a cohort of thousands would overflow the plain exponential.
    if (ratio > best) {
      sum = sum * Math.exp(best - ratio) + 1;
      best = ratio;
    } else {
      sum += Math.exp(ratio - best);
    }
    alternatives++;
  }
  return alternatives === 0 ? 0 : Math.max(best + Math.log(sum / alternatives), MIN_COHORT);
}
/** A well-followed cohort argues against theft, but not without limit: the next one may be the thief's. */
const MIN_COHORT = -20;
