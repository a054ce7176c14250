import { createHash } from 'node:crypto';
import type { Alert, RestrictingRung } from '#libs/model/alert.ts';
import type { ResponseState, RungPlan } from './state.ts';

/** Of an alert, what says which incident it is. */
type Decided = Pick<Alert, 'id' | 'timeMs'> & { readonly account: Pick<Alert['account'], 'id'> };

/**
 * How many times people had given the account back before the alert's deciding event. The same incident may go on after
 * a mistaken re-enable; then it may be planned again, once for each life of the account.
 */
const lifeOf = (state: ResponseState, alert: Decided): number =>
  state.reenabled.get(alert.account.id)?.filter((ms) => ms < alert.timeMs).length ?? 0;

/** Key of the incident in this life of its account. */
export const incidentKey = (state: ResponseState, alert: Decided): string => `${alert.id}#${lifeOf(state, alert)}`;

/**
 * When a plan of this rung may be made again, ms. What the machine does is renewed as soon as three quarters of the shortest
 * restriction are left of it: the detector says what still holds after each half of that (`announceAgainMs`), so that one of
 * its words falls between, with a quarter left for being late. Counted to the very end, a word from just before it would be
 * the last for long, and the account free meanwhile. What people were asked about is asked again only when it is over.
 */
function renewableMs(state: ResponseState, { decision, untilMs }: RungPlan): number {
  if (untilMs === 0) return Number.POSITIVE_INFINITY;
  const temporary = Object.values(state.policy.restrictionMinutes).filter((minutes) => minutes > 0);
  const shortestMs = Math.min(...temporary) * 60_000;
  return decision === 'act' && temporary.length > 0 ? untilMs - 0.75 * shortestMs : untilMs;
}

/** The rung's latest plan, unless its restriction ends while the incident goes on: then it is to be planned again. */
function standing(state: ResponseState, alert: Alert, rung: RestrictingRung): RungPlan | undefined {
  const plan = state.incidents.get(incidentKey(state, alert))?.rungs.get(rung);
  return plan !== undefined && alert.timeMs >= renewableMs(state, plan) ? undefined : plan;
}

const renewalsOf = (state: ResponseState, alert: Alert, rung: RestrictingRung): number => {
  const before = state.incidents.get(incidentKey(state, alert))?.rungs.get(rung);
  if (before === undefined) return 0;
  return standing(state, alert, rung) === undefined ? before.renewals + 1 : before.renewals;
};

/** Id of an action: 128 bits of SHA-256 over incident, life, rung and renewal, hex. The same alert makes the same ids for ever. */
export function actionId(state: ResponseState, alert: Alert, rung: RestrictingRung): string {
  const renewals = renewalsOf(state, alert, rung);
  return createHash('sha256')
    .update(`${incidentKey(state, alert)}#${rung}${renewals === 0 ? '' : `#${renewals}`}`)
    .digest('hex')
    .slice(0, 32);
}

/**
 * True where this rung stands planned for this incident, or the account is being suspended for it: nothing is left to
 * plan. A throttle does not stand in the way of a step-up: it asks for something else.
 */
export function alreadyPlanned(state: ResponseState, alert: Alert, rung: RestrictingRung): boolean {
  return standing(state, alert, rung) !== undefined || standing(state, alert, 'suspend')?.decision === 'act';
}

/** True where the machine had put the account on this rung for this incident, and would only do so again. */
export const renewsAction = (state: ResponseState, alert: Alert, rung: RestrictingRung): boolean =>
  state.incidents.get(incidentKey(state, alert))?.rungs.get(rung)?.decision === 'act';

/** The incident's suspension for which people were asked and have not answered; `undefined` where there is none. */
export function waitingSuspension(state: ResponseState, alert: Alert): RungPlan | undefined {
  const plan = standing(state, alert, 'suspend');
  return plan?.decision === 'await_approval' ? plan : undefined;
}

/** Writes down that a rung was planned, how it was decided and when its restriction ends. */
export function rememberPlan(
  state: ResponseState,
  alert: Alert,
  rung: RestrictingRung,
  plan: Omit<RungPlan, 'renewals'>,
): void {
  const key = incidentKey(state, alert);
  const renewals = renewalsOf(state, alert, rung);
  const plans = state.incidents.get(key) ?? { timeMs: alert.timeMs, rungs: new Map() };
  plans.timeMs = Math.max(plans.timeMs, alert.timeMs);
  plans.rungs.set(rung, { ...plan, renewals });
  state.incidents.set(key, plans);
}
