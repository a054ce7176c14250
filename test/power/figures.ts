import { quantileSorted } from 'simple-statistics';
import type { RestrictingRung, Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import { rateOf } from '#services/calibrate/rung-cost.ts';
import type { JobResult, MonthRow, TheftRow } from './job.ts';
import type { Aim, CurveSource } from './thefts.ts';
import { ABLATIONS, AIMS, CURVE_PROFESSIONS, CURVE_RATES, CURVE_SOURCES, curveAttack, THEFTS } from './thefts.ts';

/** From the jobs' results to the figures of the proof. Pure: the same results give the same figures. */

/** Honest accounts that each rung may disturb, per 10,000 account-months; alerts have no budget of their own. */
export const BUDGETS: Readonly<Record<Rung, number | undefined>> = {
  alert: undefined,
  step_up: 100,
  throttle: 200,
  suspend: 1,
};

export interface Rate {
  readonly count: number;
  readonly of: number;
  readonly per_10000: number;
  /** One-sided 95 % bounds, Clopper and Pearson. */
  readonly low: number;
  readonly high: number;
}
export type ByRung<T> = Readonly<Record<Rung, T>>;

export interface Spread {
  readonly n: number;
  readonly median: number;
  /** A value that occurred: with fewer than twenty, the largest. */
  readonly p95: number;
}

export interface TheftFigures {
  readonly n: number;
  /** People exposed before the rung or a higher one; a theft that never reached it counts with everybody. */
  readonly before: ByRung<Spread>;
  /** At the first step-up or suspension, whichever came first. */
  readonly first_stop: Spread;
  /** In spite of the whole ladder as shipped, over the whole length of the theft. */
  readonly ladder: Spread | null;
  readonly reached: ByRung<number>;
  /** Hours from the first look-up, among those that reached it. */
  readonly hours: ByRung<Spread>;
  readonly if_nobody_acted: Spread;
}

export interface AimResult {
  readonly figure: 'suspend median' | 'suspend p95' | 'ladder median' | 'ladder p95';
  readonly aim: number;
  readonly got: number;
  readonly met: boolean;
}

export interface PowerFigures {
  readonly months: number;
  readonly accounts_seeds: readonly number[];
  readonly theft_seeds: readonly number[];
  readonly curve_seeds: readonly number[];
  readonly events: number;
  readonly honest: ByRung<Rate>;
  readonly quota_alone: Rate;
  /** Account-days under each rung's restriction, per 10,000 account-months. */
  readonly restricted_days: Readonly<Record<RestrictingRung, { readonly days: number; readonly per_10000: number }>>;
  readonly budgets: ByRung<{ budget: number | null; verdict: string }>;
  readonly by_profession: Readonly<Record<string, ByRung<Rate>>>;
  readonly by_hard_case: Readonly<Record<string, { months: number; rungs: ByRung<number>; suspend: Rate }>>;
  readonly by_aim: readonly {
    readonly name: string;
    readonly figures: TheftFigures;
    readonly aims: readonly AimResult[];
  }[];
  readonly by_theft: readonly { readonly attack: string; readonly figures: TheftFigures }[];
  readonly curve: readonly {
    readonly profession: string;
    readonly source: CurveSource;
    readonly points: readonly { readonly rate: number; readonly figures: TheftFigures }[];
    /** Slowest pace an hour from which on nine in ten thefts meet a step-up or a suspension; null: none of those tried. */
    readonly smallest_rate: number | null;
  }[];
  readonly ablation: readonly {
    readonly without: string;
    readonly first_stop: Spread;
    readonly suspend: Spread;
    readonly suspended: number;
    readonly step_up: Rate;
  }[];
  readonly state: { readonly bytes_per_account_channel: number; readonly pairs_per_account_channel: number };
}

export function figuresOf(results: readonly JobResult[]): PowerFigures {
  const of = (kind: string) => results.filter(({ job }) => job.kind === kind);
  const benign = of('benign');
  const plain = of('thefts').filter(({ job }) => job.kind === 'thefts' && job.without === undefined);
  const curve = of('curve');
  const months = benign.flatMap((r) => r.months);
  const thefts = plain.flatMap((r) => r.thefts);
  const seeds = (from: readonly JobResult[]) => [...new Set(from.map((r) => r.job.seed))];
  const honest = byRung((rung) => rateFor(months, (m) => reachedBy(m, rung)));
  const channels = sum(benign.map((r) => r.accountChannels));
  return {
    months: months.length,
    accounts_seeds: seeds(benign),
    theft_seeds: seeds(plain),
    curve_seeds: seeds(curve),
    events: sum(results.map((r) => r.events)),
    honest,
    quota_alone: rateFor(months, (m) => m[3] === 1),
    restricted_days: {
      step_up: daysUnder('step_up', benign, months.length),
      throttle: daysUnder('throttle', benign, months.length),
      suspend: daysUnder('suspend', benign, months.length),
    },
    budgets: byRung((rung) => ({ budget: BUDGETS[rung] ?? null, verdict: verdictOf(honest[rung], BUDGETS[rung]) })),
    by_profession: groupedRates(months, ([profession, accountClass]) =>
      accountClass === 'professional' ? profession : `${profession} (${accountClass})`,
    ),
    by_hard_case: hardCases(months),
    by_aim: AIMS.map((aim) => {
      const attacks = THEFTS.filter((t) => t.aim === aim.name).map((t) => t.attack);
      const figures = theftFigures(thefts.filter((t) => attacks.includes(t.attack)));
      return { name: aim.name, figures, aims: aimResults(aim, figures) };
    }),
    by_theft: THEFTS.map(({ attack }) => ({
      attack,
      figures: theftFigures(thefts.filter((t) => t.attack === attack)),
    })),
    curve: curveFigures(curve.flatMap((r) => r.thefts)),
    ablation: ablationFigures(results, plain),
    state: {
      bytes_per_account_channel: benign[0]?.bytesPerAccount ?? 0,
      pairs_per_account_channel: channels === 0 ? 0 : tenths(sum(benign.map((r) => r.pairs)) / channels),
    },
  };
}

function daysUnder(rung: RestrictingRung, benign: readonly JobResult[], months: number) {
  const days = tenths(sum(benign.map((r) => r.restrictedDays[rung])));
  return { days, per_10000: months === 0 ? 0 : tenths((10_000 * days) / months) };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const tenths = (n: number): number => Math.round(n * 10) / 10;
const byRung = <T>(value: (rung: Rung, i: number) => T): ByRung<T> =>
  Object.fromEntries(RUNGS.map((rung, i) => [rung, value(rung, i)])) as Record<Rung, T>;

/** Whoever is alerted above the lowest rung was alerted. */
const reachedBy = ([, , bits]: MonthRow, rung: Rung): boolean =>
  rung === 'alert' ? bits !== 0 : (bits & (1 << RUNGS.indexOf(rung))) !== 0;

function rateFor(months: readonly MonthRow[], reached: (month: MonthRow) => boolean): Rate {
  const count = months.filter(reached).length;
  const { per10000, lowPer10000, highPer10000 } = rateOf(count, months.length);
  return {
    count,
    of: months.length,
    per_10000: tenths(per10000),
    low: tenths(lowPer10000),
    high: tenths(highPer10000),
  };
}

/** What the months say of a budget, in words. */
export function verdictOf({ of, per_10000, low, high }: Rate, budget: number | undefined): string {
  if (budget === undefined || of === 0) return '';
  if (high <= budget) return 'kept';
  if (per_10000 <= budget) return 'within, not proved';
  return low <= budget ? 'above, within chance' : 'missed';
}

function groupedRates(months: readonly MonthRow[], key: (month: MonthRow) => string): Record<string, ByRung<Rate>> {
  const groups = [...Map.groupBy(months, key)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    groups.map(([name, own]) => [name, byRung((rung) => rateFor(own, (m) => reachedBy(m, rung)))]),
  );
}

/** By what an account was going through; a month with two cases counts for both, `none` had none. */
function hardCases(months: readonly MonthRow[]): PowerFigures['by_hard_case'] {
  const groups = new Map<string, MonthRow[]>();
  for (const month of months) {
    for (const name of month[6].length === 0 ? ['none'] : month[6]) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [month]);
      else group.push(month);
    }
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, own]) => [
      name,
      {
        months: own.length,
        rungs: byRung((rung) => own.filter((m) => reachedBy(m, rung)).length),
        suspend: rateFor(own, (m) => reachedBy(m, 'suspend')),
      },
    ]),
  );
}

/** Rungs that end what a rung would have ended. */
const ENDED_BY: ByRung<readonly Rung[]> = {
  alert: ['alert', 'step_up', 'throttle', 'suspend'],
  step_up: ['step_up', 'suspend'],
  throttle: ['throttle', 'suspend'],
  suspend: ['suspend'],
};
const FIRST_STOP = ENDED_BY.step_up;

const least = (values: Partial<Record<Rung, number>>, rungs: readonly Rung[]): number | undefined => {
  const known = rungs.map((rung) => values[rung]).filter((v) => v !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};
const exposedBefore = (theft: TheftRow, rungs: readonly Rung[]): number => least(theft.exposedAt, rungs) ?? theft.inAll;

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { n: 0, median: 0, p95: 0 };
  const sorted = [...values].sort((a, b) => a - b);
  return {
    n: sorted.length,
    median: tenths(quantileSorted(sorted, 0.5)),
    p95: tenths(sorted[Math.ceil(0.95 * sorted.length) - 1]!),
  };
}

export function theftFigures(thefts: readonly TheftRow[]): TheftFigures {
  const enforced = thefts.map((t) => t.ladder).filter((v) => v !== undefined);
  return {
    n: thefts.length,
    before: byRung((rung) => spreadOf(thefts.map((t) => exposedBefore(t, ENDED_BY[rung])))),
    first_stop: spreadOf(thefts.map((t) => exposedBefore(t, FIRST_STOP))),
    ladder: enforced.length === 0 ? null : spreadOf(enforced),
    reached: byRung((rung) => thefts.filter((t) => least(t.exposedAt, ENDED_BY[rung]) !== undefined).length),
    hours: byRung((rung) =>
      spreadOf(thefts.map((t) => least(t.hoursTo, ENDED_BY[rung])).filter((h) => h !== undefined)),
    ),
    if_nobody_acted: spreadOf(thefts.map((t) => t.inAll)),
  };
}

function aimResults(aim: Aim, { n, before, ladder }: TheftFigures): AimResult[] {
  const results: AimResult[] = [];
  const check = (figure: AimResult['figure'], wanted: number | undefined, got: number | undefined) => {
    if (wanted !== undefined && got !== undefined) results.push({ figure, aim: wanted, got, met: got <= wanted });
  };
  if (n === 0) return results;
  check('suspend median', aim.suspendMedian, before.suspend.median);
  check('suspend p95', aim.suspendP95, before.suspend.p95);
  check('ladder median', aim.ladderMedian, ladder?.median);
  check('ladder p95', aim.ladderP95, ladder?.p95);
  return results;
}

const DETECTED = 0.9;

function curveFigures(thefts: readonly TheftRow[]): PowerFigures['curve'] {
  return CURVE_SOURCES.flatMap((source) =>
    CURVE_PROFESSIONS.map((profession) => {
      const points = CURVE_RATES.map((rate) => ({
        rate,
        figures: theftFigures(thefts.filter((t) => t.attack === curveAttack(profession, rate, source))),
      })).filter((point) => point.figures.n > 0);
      const missed = points.findLastIndex(({ figures }) => figures.reached.step_up < DETECTED * figures.n);
      return { profession, source, points, smallest_rate: points[missed + 1]?.rate ?? null };
    }),
  );
}

/** Everything, then without each group of streams, on the same seeds with the same thresholds. */
function ablationFigures(results: readonly JobResult[], plain: readonly JobResult[]): PowerFigures['ablation'] {
  const withouts = results.filter(({ job }) => job.kind === 'thefts' && job.without !== undefined);
  if (withouts.length === 0) return [];
  const seeds = new Set(withouts.map((r) => r.job.seed));
  const row = (without: string, from: readonly JobResult[]) => {
    const figures = theftFigures(from.flatMap((r) => r.thefts));
    const months = from.flatMap((r) => r.months);
    return {
      without,
      first_stop: figures.first_stop,
      suspend: figures.before.suspend,
      suspended: figures.n === 0 ? 0 : tenths((100 * figures.reached.suspend) / figures.n),
      step_up: rateFor(months, (m) => reachedBy(m, 'step_up')),
    };
  };
  return [
    row(
      'nothing',
      plain.filter((r) => seeds.has(r.job.seed)),
    ),
    ...Object.keys(ABLATIONS).map((name) =>
      row(
        name,
        withouts.filter(({ job }) => job.kind === 'thefts' && job.without === name),
      ),
    ),
  ].filter((a) => a.suspend.n > 0);
}
