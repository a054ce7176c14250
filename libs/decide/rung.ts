import type { Rung, Severity } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { CompiledPolicy } from './compiled-policy.ts';

export const RUNG_ALERT = 0;
export const RUNG_STEP_UP = 1;
export const RUNG_THROTTLE = 2;
export const RUNG_SUSPEND = 3;

/**
 * Rungs that score and quota reach now, as bits (1 << rung). What the machine may do by itself for a class is the
 * response's decision, so that what lies above it waits for a person in place of being lost.
 * @param score evidence of all streams, @param who the same without volume: tourists and screening days come in numbers too
 * @param quotaReached any quota of the account is used up
 * @param asks and that in circumstances in which a second factor is due
 */
export function rungsReached(
  score: number,
  who: number,
  gate: boolean,
  quotaReached: boolean,
  asks: boolean,
  policy: CompiledPolicy,
): number {
  const thresholds = policy.thresholds;
  let bits = 0;
  if (score >= thresholds[RUNG_ALERT]! || quotaReached) bits |= 1 << RUNG_ALERT;
  if (score >= thresholds[RUNG_STEP_UP]! || asks) bits |= 1 << RUNG_STEP_UP;
  if (score >= thresholds[RUNG_THROTTLE]! || quotaReached) bits |= 1 << RUNG_THROTTLE;
  if (gate && who >= thresholds[RUNG_SUSPEND]!) bits |= 1 << RUNG_SUSPEND;
  return bits;
}

const SEVERITY: Readonly<Record<Rung, Severity>> = {
  alert: 'low',
  step_up: 'high',
  throttle: 'medium',
  suspend: 'critical',
};
export const rungName = (rung: number): Rung => RUNGS[rung]!;
export const severityOf = (rung: number): Severity => SEVERITY[rungName(rung)];
