import type { Rung } from '#libs/model/alert.ts';
import type { PolicyOverride } from '#libs/model/policy/index.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { RestrictedDays } from '#services/replay/restricted-days.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import type { CurveSource } from './thefts.ts';
import { ABLATIONS, CURVE_PROFESSIONS, CURVE_RATES, curveAttack, specOf, THEFTS } from './thefts.ts';
import type { AttackTrial, Trial } from './trial.ts';
import { runTrial } from './trial.ts';

/** One piece of the proof: small enough to be run again alone, and to be kept. */
export type Job =
  | { readonly kind: 'benign'; readonly seed: number; readonly accounts: number; readonly months: number }
  | { readonly kind: 'thefts'; readonly seed: number; readonly accounts: number; readonly without?: string }
  | {
      readonly kind: 'curve';
      readonly seed: number;
      readonly accounts: number;
      readonly half: 0 | 1;
      readonly source: CurveSource;
    };

/** Winter, spring, summer, autumn: the turn of the year and holidays fall differently. */
const STARTS = ['2026-01-05', '2026-04-06', '2026-06-01', '2026-10-26'] as const;
export const WARM_UP_DAYS = 42;
const MONTH_DAYS = 28;

/** One honest account-month: profession, class, bits of rungs, quota, score, score for a suspension, hard cases. */
export type MonthRow = readonly [string, string, number, 0 | 1, number, number, readonly string[]];

/** One theft: people exposed before each rung and by the ladder, and hours until each; undefined: never reached. */
export interface TheftRow {
  readonly attack: string;
  readonly profession: string;
  readonly size: number;
  readonly inAll: number;
  /** Shown in spite of the whole ladder; undefined where the job did not enforce it. */
  readonly ladder?: number;
  readonly exposedAt: Partial<Record<Rung, number>>;
  readonly hoursTo: Partial<Record<Rung, number>>;
}

export interface JobResult {
  readonly job: Job;
  readonly start: string;
  readonly events: number;
  readonly months: readonly MonthRow[];
  readonly thefts: readonly TheftRow[];
  readonly restrictedDays: RestrictedDays;
  readonly bytesPerAccount: number;
  readonly pairs: number;
  readonly accountChannels: number;
}

export function jobName(job: Job): string {
  const what =
    job.kind === 'thefts' ? (job.without ?? 'all') : job.kind === 'curve' ? `${job.source}-${job.half}` : job.months;
  return `${job.kind}-${String(what).replaceAll(' ', '_')}-${job.accounts}-${job.seed}`;
}

/** Thefts here come by the score, so the budgets that stop a mad detector are lifted; everything else is as shipped. */
const LIFTED: readonly PolicyOverride[] = ['step_up', 'throttle', 'suspend'].flatMap((rung) => [
  { path: `response.budget.${rung}.per_10_minutes`, value: 10_000 },
  { path: `response.budget.${rung}.per_hour`, value: 10_000 },
  { path: `response.budget.${rung}.per_day`, value: 10_000 },
  { path: `response.budget.${rung}.profession_share`, value: 1 },
]);

export function runJob(job: Job): JobResult {
  const start = STARTS[job.seed % STARTS.length]!;
  const config: Partial<SimulationConfig> = { seed: job.seed, accounts: job.accounts, start, ...configOf(job) };
  const disabled = job.kind === 'thefts' && job.without !== undefined ? ABLATIONS[job.without]! : [];
  const policy = defaultPolicy([...LIFTED, { path: 'streams.disabled', value: disabled }]);
  const enforce = job.kind === 'curve' || (job.kind === 'thefts' && job.without === undefined);
  const trial = runTrial(config, policy, WARM_UP_DAYS, enforce ? policy : undefined);
  const attacks = attacksOf(job);
  return {
    job,
    start,
    events: trial.events,
    months: monthRows(trial),
    thefts: trial.attacks.map((theft, i) => theftRow(theft, attacks[i]!)),
    restrictedDays: trial.restrictedDays,
    bytesPerAccount: trial.stats.bytesPerAccountChannel,
    pairs: trial.stats.pairs,
    accountChannels: trial.stats.accountChannels,
  };
}

function attacksOf(job: Job): readonly string[] {
  if (job.kind === 'benign') return [];
  if (job.kind === 'thefts') return THEFTS.map((theft) => theft.attack);
  // Half of the paces each, so that few of a profession are attacked at once.
  const rates = CURVE_RATES.filter((_, i) => i % 2 === job.half);
  return CURVE_PROFESSIONS.flatMap((profession) => rates.map((rate) => curveAttack(profession, rate, job.source)));
}

function configOf(job: Job): Partial<SimulationConfig> {
  const attacks = attacksOf(job).map(specOf);
  if (job.kind === 'benign') return { days: WARM_UP_DAYS + job.months * MONTH_DAYS };
  // Thefts begin half way at the earliest: the detector has learnt for the warm-up.
  if (job.kind === 'thefts') return { days: WARM_UP_DAYS + 2 * MONTH_DAYS, attacks, warmUpDays: WARM_UP_DAYS };
  const professions = Object.fromEntries(CURVE_PROFESSIONS.map((p) => [p, 1]));
  return { days: WARM_UP_DAYS + MONTH_DAYS, attacks, warmUpDays: WARM_UP_DAYS, professions };
}

const hundredths = (n: number): number => Math.round(n * 100) / 100;

/** Whole months of accounts that did something. */
const monthRows = ({ months }: Trial): MonthRow[] =>
  months
    .filter((m) => m.active)
    .map((m) => [
      m.profession,
      m.accountClass,
      m.rungs,
      m.quota ? 1 : 0,
      hundredths(m.score),
      hundredths(m.suspendScore),
      m.cases,
    ]);

const theftRow = (theft: AttackTrial, attack: string): TheftRow => ({
  attack,
  profession: theft.profession,
  size: hundredths(theft.size),
  inAll: theft.exposedInAll,
  ...(theft.contained !== undefined && { ladder: theft.contained }),
  exposedAt: theft.exposedAt,
  hoursTo: Object.fromEntries(Object.entries(theft.hoursTo).map(([rung, h]) => [rung, hundredths(h)])),
});
