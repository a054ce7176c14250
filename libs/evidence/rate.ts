import type { StreamSpec } from './stream.ts';

/** New people an hour against this account's own rhythm. Shocks and drift make its tail long, so it counts for little alone. */
export const RATE: StreamSpec = {
  name: 'rate',
  sees: 'more new people in an hour than this account sees at that hour of the week',
  nullModel:
    'negative binomial with mean = the account’s weekly rate x its group’s share of that hour, dispersion of the group',
  blindSpots: ['slow theft', 'theft that replaces honest work', 'anything on accounts that are busy anyway'],
  decayPerDay: 2,
};
/** Extra people an hour under the attack; the alternatives are averaged. */
const EXTRA = [6, 24, 96] as const;

/**
 * Log-likelihood ratio, nats, of `count` new people in an hour.
 * @param mean expected under the null (people an hour), @param size negative-binomial size (dispersion): variance = mean + mean²/size
 */
export function rateLogRatio(count: number, mean: number, size: number): number {
  let sum = 0;
  for (const extra of EXTRA) {
    const attack = mean + extra;
    sum += Math.exp(
      Math.min(
        count * Math.log((attack * (mean + size)) / (mean * (attack + size))) +
          size * Math.log((mean + size) / (attack + size)),
        50,
      ),
    );
  }
  return Math.log(sum / EXTRA.length);
}
