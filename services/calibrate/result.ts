import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { Calibration, Policy } from '#libs/model/policy/index.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';
import type { Drift } from './drift.ts';
import type { FoldedMonths } from './fold-months.ts';
import type { LearntTails, ScorePoint, StreamTail } from './learn.ts';
import type { AccountMonth } from './monthly-maxima.ts';
import { rungSetting } from './policy-with.ts';
import type { RungCost } from './rung-cost.ts';
import { costOf, costsOfAlerts, rateOf } from './rung-cost.ts';

/** All that a calibration has to tell, for both forms of output. */
export interface CalibrationResult {
  readonly folded: FoldedMonths;
  /** Months that were learnt from: all that were folded, or those before the held-out ones. */
  readonly learntFrom: readonly AccountMonth[];
  readonly calibration: Calibration;
  readonly tails: readonly StreamTail[];
  readonly classes: LearntTails['classes'];
  readonly scores: readonly ScorePoint[];
  readonly suspendScores: readonly ScorePoint[];
  readonly rungs: readonly RungForecast[];
  /** Months throttled by a quota alone. */
  readonly quota: RungCost;
  readonly check: readonly RungCheck[] | undefined;
  readonly drifts: readonly Drift[] | undefined;
  readonly warnings: readonly string[];
}

/** What a rung of the policy will cost in honest accounts, on the months it was learnt from. */
export interface RungForecast {
  readonly rung: Rung;
  readonly budget: number | undefined;
  /** Undefined where the months are too few to say it. */
  readonly threshold: number | undefined;
  readonly cost: RungCost | undefined;
}

export function forecast(months: readonly AccountMonth[], policy: Policy, calibration: Calibration): RungForecast[] {
  return RUNGS.map((rung) => {
    const { budget, threshold } = rungSetting(policy, rung, calibration);
    const cost =
      threshold === undefined
        ? undefined
        : costOf(rung, months, (m) => (rung === 'suspend' ? m.suspendScore : m.score) >= threshold);
    return { rung, budget, threshold, cost };
  });
}

const THROTTLE = 1 << RUNGS.indexOf('throttle');

/** Months in which a quota throttled the account while its score would not have. */
export function quotaCost(months: readonly AccountMonth[], folding: Policy): RungCost {
  const { throttle } = folding.detection.thresholds;
  return costOf('throttle', months, (m) => (m.rungs & THROTTLE) !== 0 && m.score < throttle);
}

/** Kept: even the upper bound is within the budget. Broken: even the lower one is not. */
export type Verdict = 'kept' | 'within' | 'above, within chance' | 'broken' | '';
export interface RungCheck {
  readonly cost: RungCost;
  readonly budget: number | undefined;
  readonly verdict: Verdict;
}

/** What the finished policy really did in months that it was not learnt from. */
export function checkOf(months: readonly AccountMonth[], policy: Policy, calibration: Calibration): RungCheck[] {
  return costsOfAlerts(months).map((cost) => {
    const { budget } = rungSetting(policy, cost.rung, calibration);
    return { cost, budget, verdict: verdictOf(cost, budget) };
  });
}

function verdictOf(cost: RungCost, budget: number | undefined): Verdict {
  if (budget === undefined) return '';
  if (cost.highPer10000 <= budget) return 'kept';
  if (cost.per10000 <= budget) return 'within';
  return cost.lowPer10000 <= budget ? 'above, within chance' : 'broken';
}

/** Months from which a figure can be observed and not only continued, in words. */
const MONTHS_FOR_Q999 = 3000;

export function warningsOf(
  months: readonly AccountMonth[],
  tails: readonly StreamTail[],
  rungs: readonly RungForecast[],
  margin: number,
): string[] {
  const n = months.length;
  const warnings: string[] = [];
  if (n < MONTHS_FOR_Q999) {
    warnings.push(
      `${n} account-months are few: one in a thousand is continued by a tail law, on the safe side, until there are ${MONTHS_FOR_Q999}`,
    );
  }
  const silent = STREAM_NAMES.filter((name) => !tails.some((tail) => tail.stream === name));
  if (silent.length > 0)
    warnings.push(`too little evidence to learn a tail, the policy's own stays: ${silent.join(', ')}`);
  for (const { rung, budget, threshold } of rungs) {
    if (budget === undefined) continue;
    const needed = Math.ceil((3 * 10_000 * margin) / budget);
    if (threshold === undefined) {
      warnings.push(
        `${rung}: no score can be given for a budget of ${budget} per 10,000 from ${n} account-months (about ${Math.ceil(needed / 30)} are needed); the policy will not start with this file`,
      );
    } else if (n < needed) {
      warnings.push(`${rung}: its score is continued beyond what was seen; ${needed} account-months would show it`);
    }
    const { highPer10000 } = rateOf(0, n);
    if (highPer10000 > budget) {
      warnings.push(`${rung}: even none in ${n} account-months could be ${highPer10000.toFixed(1)} per 10,000 (95 %)`);
    }
  }
  return warnings;
}
