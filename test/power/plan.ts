import type { Job } from './job.ts';
import { ABLATIONS, CURVE_SOURCES } from './thefts.ts';

/** Which jobs make the proof. Seeds below 15,000 were tuned on, or looked at one by one: they are not used here. */
export const FIRST_SEED = 15_000;

export interface PlanSize {
  readonly benignSeeds: number;
  readonly benignAccounts: number;
  readonly benignMonths: number;
  readonly theftSeeds: number;
  readonly curveSeeds: number;
  readonly ablationSeeds: number;
}

/** Over 100,000 honest account-months; about an hour of CPU. */
export const FULL: PlanSize = {
  benignSeeds: 64,
  benignAccounts: 400,
  benignMonths: 4,
  theftSeeds: 12,
  curveSeeds: 4,
  ablationSeeds: 2,
};
/** A few minutes of CPU: shows that the proof works and nothing is badly broken, no more. */
export const QUICK: PlanSize = {
  benignSeeds: 2,
  benignAccounts: 300,
  benignMonths: 2,
  theftSeeds: 2,
  curveSeeds: 1,
  ablationSeeds: 0,
};

const THEFT_ACCOUNTS = 400;
const CURVE_ACCOUNTS = 500;

/** All kinds in step, so that a run that is cut short has its share of everything. */
export function planJobs(size: PlanSize): Job[] {
  const seeds = (count: number, from: number): number[] => Array.from({ length: count }, (_, i) => from + i);
  const kinds: readonly (readonly Job[])[] = [
    seeds(size.theftSeeds, FIRST_SEED + 1000).map((seed) => ({ kind: 'thefts', seed, accounts: THEFT_ACCOUNTS })),
    // Each part has a seed of its own: the same seed would choose the same victims and people.
    seeds(size.curveSeeds, FIRST_SEED + 2000).flatMap((seed) =>
      CURVE_SOURCES.flatMap((source, i): Job[] => [
        { kind: 'curve', seed: seed + 200 * i, accounts: CURVE_ACCOUNTS, half: 0, source },
        { kind: 'curve', seed: seed + 200 * i + 100, accounts: CURVE_ACCOUNTS, half: 1, source },
      ]),
    ),
    seeds(size.benignSeeds, FIRST_SEED).map((seed) => ({
      kind: 'benign',
      seed,
      accounts: size.benignAccounts,
      months: size.benignMonths,
    })),
    seeds(size.ablationSeeds, FIRST_SEED + 1000).flatMap((seed) =>
      Object.keys(ABLATIONS).map((without): Job => ({ kind: 'thefts', seed, accounts: THEFT_ACCOUNTS, without })),
    ),
  ];
  return kinds
    .flatMap((jobs) => jobs.map((job, i) => ({ job, place: (i + 0.5) / jobs.length })))
    .sort((a, b) => a.place - b.place)
    .map(({ job }) => job);
}
