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

/** Forecasters of the next person's birth department, in the order of their weights. */
export const FORECASTERS = 3;
/** Share of the weights that is dealt out anew at each person: how fast a forecaster may come back. */
const SHARED = 0.03;

/**
 * Weights of the forecasters after a person: each gains by how well it foretold, and none is ever out (fixed share; Herbster and
 * Warmuth 1998). The larger of the forecasts, taken with hindsight, would be no probability and excuse half of any list.
 * @param weights at `at`…`at + 2`, changed in place; all 0: nobody was met yet
 */
export function reweigh(weights: Float32Array, at: number, longRun: number, area: number, recent: number): void {
  const a = weightOf(weights, at) * longRun;
  const b = weightOf(weights, at + 1) * area;
  const c = weightOf(weights, at + 2) * recent;
  const kept = (1 - SHARED) / (a + b + c);
  weights[at] = a * kept + SHARED / FORECASTERS;
  weights[at + 1] = b * kept + SHARED / FORECASTERS;
  weights[at + 2] = c * kept + SHARED / FORECASTERS;
}

const weightOf = (weights: Float32Array, i: number): number => (weights[i] === 0 ? 1 / FORECASTERS : weights[i]!);

/** Probability of a person's birth department, given what each forecaster says of it. */
export const forecast = (weights: Float32Array, at: number, longRun: number, area: number, recent: number): number =>
  weightOf(weights, at) * longRun + weightOf(weights, at + 1) * area + weightOf(weights, at + 2) * recent;

/**
 * Log-likelihood ratio of one new person, nats, at most ln 10.
 * @param national probability of the department under the attack (public births figures and uniform, half each)
 * @param expected its probability for this account
 */
export function territoryLogRatio(national: number, expected: number): number {
  return Math.log(national / ((1 - NATIONAL_SHARE_OF_NULL) * expected + NATIONAL_SHARE_OF_NULL * national));
}
