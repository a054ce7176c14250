import { createHash } from 'node:crypto';
import type { PlannedAction } from '#libs/model/action.ts';
import type { Alert, RestrictingRung } from '#libs/model/alert.ts';
import { rungHeight } from './ladder.ts';
import type { ResponseState } from './state.ts';

/**
 * How many times people had given the account back before the alert's deciding event. The same incident may go on after
 * a mistaken re-enable; then it may be planned again, once for each life of the account.
 */
const lifeOf = (state: ResponseState, alert: Alert): number =>
  state.reenabled.get(alert.account.id)?.filter((ms) => ms < alert.timeMs).length ?? 0;

/** Key of the incident in this life of its account. */
export const incidentKey = (state: ResponseState, alert: Alert): string => `${alert.id}#${lifeOf(state, alert)}`;

/** Id of an action: 128 bits of SHA-256 over incident, life and rung, hex. The same alert makes the same ids for ever. */
export function actionId(state: ResponseState, alert: Alert, rung: RestrictingRung): string {
  return createHash('sha256')
    .update(`${incidentKey(state, alert)}#${rung}`)
    .digest('hex')
    .slice(0, 32);
}

/** True where this rung was planned for this incident before, or a higher one is being done: nothing is left to plan. */
export function alreadyPlanned(state: ResponseState, alert: Alert, rung: RestrictingRung): boolean {
  const plans = state.incidents.get(incidentKey(state, alert));
  if (!plans) return false;
  if (plans.rungs.has(rung)) return true;
  for (const [other, decision] of plans.rungs) {
    if (decision === 'act' && rungHeight(other) > rungHeight(rung)) return true;
  }
  return false;
}

/** Writes down that a rung was planned, and how it was decided. */
export function rememberPlan(
  state: ResponseState,
  alert: Alert,
  rung: RestrictingRung,
  decision: PlannedAction['decision'],
): void {
  const key = incidentKey(state, alert);
  const plans = state.incidents.get(key) ?? { timeMs: alert.timeMs, rungs: new Map() };
  plans.timeMs = Math.max(plans.timeMs, alert.timeMs);
  plans.rungs.set(rung, decision);
  state.incidents.set(key, plans);
}
