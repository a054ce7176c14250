import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import { upperBound } from '#services/replay/binomial-bound.ts';
import type { AccountMonth } from './monthly-maxima.ts';

/** What a rung costs honest accounts: months in which it was reached, per 10,000, with 95 % bounds (Clopper and Pearson). */
export interface RungCost {
  readonly rung: Rung;
  readonly months: number;
  readonly of: number;
  readonly per10000: number;
  /** One-sided 95 % each: together a 90 % interval. */
  readonly lowPer10000: number;
  readonly highPer10000: number;
}

/** @param reached which months count */
export function costOf(
  rung: Rung,
  months: readonly AccountMonth[],
  reached: (month: AccountMonth) => boolean,
): RungCost {
  const count = months.filter(reached).length;
  return { rung, months: count, of: months.length, ...rateOf(count, months.length) };
}

/** Rate per 10,000 and its bounds. */
export function rateOf(count: number, of: number): { per10000: number; lowPer10000: number; highPer10000: number } {
  return {
    per10000: of === 0 ? 0 : (count / of) * 10_000,
    lowPer10000: of === 0 ? 0 : (1 - upperBound(of - count, of)) * 10_000,
    highPer10000: upperBound(count, of) * 10_000,
  };
}

/** What thresholds would cost, from the months' highest scores; quotas come on top of alert and throttle. */
export const costsOfThresholds = (
  months: readonly AccountMonth[],
  thresholds: Readonly<Record<Rung, number>>,
): RungCost[] =>
  RUNGS.map((rung) => costOf(rung, months, (m) => (rung === 'suspend' ? m.suspendScore : m.score) >= thresholds[rung]));

/** What was really reached, by score or by quota, as the alerts of a fold said. */
export const costsOfAlerts = (months: readonly AccountMonth[]): RungCost[] =>
  RUNGS.map((rung, i) =>
    // Whoever is alerted above the lowest rung was alerted: a first revision may skip it.
    costOf(rung, months, (m) => (rung === 'alert' ? m.rungs !== 0 : (m.rungs & (1 << i)) !== 0)),
  );
