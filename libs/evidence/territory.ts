import type { StreamSpec } from './stream.ts';

/**
 * Where the people looked up were born, against where this account's people usually are. A yes/no test fails (only about
 * 58 % are born in the account's own department), so each birth department is weighed by how much likelier it is under
 * "somebody's list" than under the better of two forecasts of this account.
 */
export const TERRITORY: StreamSpec = {
  name: 'territory',
  sees: 'people born outside the departments this account usually serves',
  nullModel:
    'birth department of a new person drawn from the larger of the account’s long-run mix (shrunk to its area) and its last 32 people',
  blindSpots: [
    'a list of people of the account’s own area',
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

/** The same over the last few people: a new but concentrated territory is learnt in ten, a dispersed one never. */
export function recentProbability(count: number, total: number, national: number): number {
  return (count + 2 * national) / (total + 2);
}

/**
 * Log-likelihood ratio of one new person, nats, at most ln 10.
 * @param national probability of the department under the attack (public births figures and uniform, half each)
 */
export function territoryLogRatio(national: number, longRun: number, recent: number): number {
  const forecast = Math.max(longRun, recent);
  return Math.log(national / ((1 - NATIONAL_SHARE_OF_NULL) * forecast + NATIONAL_SHARE_OF_NULL * national));
}
