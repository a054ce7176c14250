import type { CompiledPolicy } from '#libs/decide/index.ts';
import type { AccountClass } from '#libs/model/codes.ts';
import { ACCOUNT_CLASSES } from '#libs/model/codes.ts';
import type { TailKnots } from '#libs/model/detection-policy.ts';
import type { Calibration } from '#libs/model/policy/index.ts';
import type { StreamName } from '#libs/model/streams.ts';
import { STREAM_COUNT, STREAM_NAMES } from '#libs/model/streams.ts';
import type { AccountMonth } from './monthly-maxima.ts';
import type { TailQuantile } from './tail-quantile.ts';
import { tailQuantile } from './tail-quantile.ts';

/** From honest account-months to the figures of a calibration file. */

/** What one stream's monthly maxima say. */
export interface StreamTail {
  readonly stream: StreamName;
  /** Months of the classes that the stream counts for, and those with any evidence. */
  readonly months: number;
  readonly withEvidence: number;
  readonly q99: TailQuantile;
  readonly q999: TailQuantile;
}

export interface ScorePoint {
  readonly per10000: number;
  readonly score: TailQuantile;
}

/** A stream that fewer months than this have seen anything of keeps the tail that the policy gives it. */
const MIN_WITH_EVIDENCE = 30;
/** The knots must rise. */
const MIN_RISE = 0.1;
/** A class with fewer months is not shown by itself. */
const MIN_MONTHS_OF_CLASS = 300;
/** Budgets that scores are given for, honest accounts per 10,000 account-months. */
const BUDGETS = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1];
/** How far beyond one month in all a score is still continued: ten times as rare. */
const MAX_EXTRAPOLATION = 0.1;

/** Tails of every stream that has enough to say, over the classes for which it counts under this policy. */
export function learnTails(months: readonly AccountMonth[], policy: CompiledPolicy): StreamTail[] {
  return STREAM_NAMES.flatMap((stream, s) => {
    const counted = months.filter(
      (m) => policy.active[ACCOUNT_CLASSES.indexOf(m.accountClass) * STREAM_COUNT + s] === 1,
    );
    const values = Float64Array.from(counted, (m) => m.streams[s]!).sort();
    const withEvidence = values.length - values.filter((v) => v === 0).length;
    if (withEvidence < MIN_WITH_EVIDENCE) return [];
    const q99 = tailQuantile(values, 0.01);
    const q999 = tailQuantile(values, 0.001);
    if (q99 === undefined || q999 === undefined || q99.value <= 0) return [];
    const least = q99.value + MIN_RISE;
    const rising = q999.value >= least ? q999 : { ...q999, value: least, high: Math.max(q999.high, least) };
    return [{ stream, months: values.length, withEvidence, q99, q999: rising }];
  });
}

/**
 * The score that each budget needs, from the highest score of each month; budgets too rare for the months are left out.
 * @param margin the score at a budget is measured at a budget so many times smaller: months to come differ from those seen
 */
export function learnScores(highest: readonly number[], margin: number): ScorePoint[] {
  const scores = Float64Array.from(highest).sort();
  const points: ScorePoint[] = [];
  for (const per10000 of BUDGETS) {
    const share = per10000 / margin / 10_000;
    if (share * scores.length < MAX_EXTRAPOLATION) break;
    const score = tailQuantile(scores, share);
    const least = points.at(-1)?.score.value ?? 0;
    if (score !== undefined && thousandthsUp(score.value) > thousandthsUp(least)) points.push({ per10000, score });
  }
  return points;
}

const thousandthsUp = (nats: number): number => Math.ceil(nats * 1000 - 1e-6) / 1000;
const hundredths = (nats: number): number => Math.round(nats * 100) / 100;

/** Tails of all classes together, and of each class that has months enough to speak for itself. */
export interface LearntTails {
  readonly tails: readonly StreamTail[];
  readonly classes: ReadonlyMap<AccountClass, { readonly months: number; readonly tails: readonly StreamTail[] }>;
}

export function learnAllTails(months: readonly AccountMonth[], policy: CompiledPolicy): LearntTails {
  const enough = [...Map.groupBy(months, (m) => m.accountClass)].filter(([, own]) => own.length >= MIN_MONTHS_OF_CLASS);
  return {
    tails: learnTails(months, policy),
    classes: new Map(enough.map(([name, own]) => [name, { months: own.length, tails: learnTails(own, policy) }])),
  };
}

const byStream = <T>(of: readonly StreamTail[], value: (tail: StreamTail) => T) =>
  Object.fromEntries(of.map((tail) => [tail.stream, value(tail)]));

const knots = ({ q99, q999 }: StreamTail): TailKnots => {
  const low = hundredths(q99.value);
  return { q99: Math.max(low, 0.01), q999: Math.max(hundredths(q999.value), low + MIN_RISE) };
};

/** The tails as they stand in a calibration, and as detection is to use them: what is folded with is what is written. */
export const tailsOf = ({ tails, classes }: LearntTails): Pick<Calibration, 'tails' | 'classes'> => ({
  tails: byStream(tails, knots),
  classes: Object.fromEntries(
    [...classes].map(([name, own]) => [name, { account_months: own.months, tails: byStream(own.tails, knots) }]),
  ),
});

export interface Learnt {
  readonly months: readonly AccountMonth[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly margin: number;
  readonly learntTails: LearntTails;
  readonly scores: readonly ScorePoint[];
  /** Likewise from the scores that count for a suspension. */
  readonly suspendScores: readonly ScorePoint[];
}

/** The calibration as it stands in a file. */
export function calibrationOf(learnt: Learnt): Calibration {
  const { months, fromMs, toMs, margin, learntTails, scores, suspendScores } = learnt;
  const pair = ({ low, high }: TailQuantile): [number, number] => [hundredths(low), hundredths(high)];
  return {
    version: 1,
    account_months: months.length,
    period: { from: isoDay(fromMs), to: isoDay(toMs) },
    margin,
    scores: points(scores),
    ...(suspendScores.length >= 2 && { suspend_scores: points(suspendScores) }),
    ...tailsOf(learntTails),
    bounds: byStream(learntTails.tails, ({ q99, q999 }) => ({
      q99: pair(q99),
      q999: pair(q999),
      ...(q999.extrapolated && { extrapolated: true }),
    })),
  };
}

const points = (scores: readonly ScorePoint[]) =>
  scores.map(({ per10000, score }) => ({
    per_10000: per10000,
    score: thousandthsUp(score.value),
    ...(score.extrapolated && { extrapolated: true }),
  }));

const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
