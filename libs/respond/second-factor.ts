import type { Alert } from '#libs/model/alert.ts';
import { hasRoom } from './breaker.ts';
import { alreadyPlanned, waitingSuspension } from './idempotence.ts';
import type { ResponseState } from './state.ts';

const DAY_MS = 86_400_000;

/**
 * How long before the estimated start of an incident a second factor must have been enrolled to count as the holder's. The
 * start is an estimate, and a thief may have come in before he took anything.
 */
export const FACTOR_MARGIN_MS = 7 * DAY_MS;

/**
 * True where the account's second factor is one that a thief of the password does not have: one enrolled well before the
 * incident. Whoever has the password can enrol one of his own where there was none.
 *
 * @param sinceMs when the oldest one was enrolled, ms; `undefined` where the keeper does not say: it is believed
 * @param startedMs estimated start of the incident, ms
 */
export const isHoldersFactor = (sinceMs: number | undefined, startedMs: number): boolean =>
  sinceMs === undefined || sinceMs < startedMs - FACTOR_MARGIN_MS;

/**
 * Whether planning this alert turns on the account's second factor: a step-up would be planned, or what takes its place. It
 * does not for a revision that plans nothing new, and those are most.
 */
export function turnsOnSecondFactor(state: ResponseState, alert: Alert, nowMs: number): boolean {
  const { id, class: accountClass } = alert.account;
  const isMeanwhile = waitsForBudget(state, alert, nowMs) && hasRoom({ state, alert, rung: 'step_up', nowMs });
  if (alert.rung !== 'step_up' && state.policy.highestRung[accountClass] !== 'step_up' && !isMeanwhile) return false;
  if (alreadyPlanned(state, alert, 'step_up')) return false;
  return !(state.withoutSecondFactor.has(id) && alreadyPlanned(state, alert, 'throttle'));
}

/** True where the incident's suspension waits because a budget is spent, or would: then what is below it is planned. */
function waitsForBudget(state: ResponseState, alert: Alert, nowMs: number): boolean {
  if (waitingSuspension(state, alert)?.byBudget) return true;
  if (alert.rung !== 'suspend' || alreadyPlanned(state, alert, 'suspend')) return false;
  return !hasRoom({ state, alert, rung: 'suspend', nowMs });
}
