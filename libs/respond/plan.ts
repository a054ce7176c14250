import type { PlannedAction } from '#libs/model/action.ts';
import type { Alert } from '#libs/model/alert.ts';
import { withinBudget, withinBudgetUnasked } from './breaker.ts';
import { restrictionEndMs } from './expiry.ts';
import { forget } from './forget.ts';
import type { Guard, GuardVerdict } from './guard.ts';
import { actionId, alreadyPlanned, incidentKey, rememberPlan, renewsAction, waitingSuspension } from './idempotence.ts';
import { dryRun, killSwitch } from './kill-switch.ts';
import type { LadderStep } from './ladder.ts';
import { ladderSteps, rungHeight, stepsMeanwhile } from './ladder.ts';
import { approveMode, observeMode } from './mode.ts';
import { protectedAccount } from './protected-account.ts';
import type { ResponseState } from './state.ts';
import { reenabledSince, tooOld } from './usefulness.ts';

/** Strongest objection first; the first that speaks decides. The budget comes last because asking it spends from it. */
const BEFORE_LADDER: readonly Guard[] = [reenabledSince, dryRun, observeMode];
const AFTER_LADDER: readonly Guard[] = [killSwitch, protectedAccount, approveMode, tooOld];

/**
 * What to do about one alert revision. Changes `state` in place (budgets, breakers, what was planned) and touches
 * nothing else; the same alert again, or an earlier revision of it, gives nothing.
 *
 * A suspension that waits because a budget is spent has the rungs below it planned as well, as far as they may be done at once,
 * and renewed while it waits. People who have a suspension before them are not asked about less for the same incident.
 *
 * @param nowMs event time, ms: the clock that every guard uses
 * @returns the new plans, lowest rung first; empty where there is nothing new to do. Breaker notices: `takeNotices`.
 */
export function plan(state: ResponseState, alert: Alert, nowMs: number): PlannedAction[] {
  forget(state, nowMs);
  if (alert.status === 'closed') return [];
  const steps = ladderSteps(state, alert);
  const isBelow = alert.rung !== 'suspend' && waitingSuspension(state, alert) !== undefined;
  const plans = steps.map((step) => planStep(state, alert, step, nowMs, isBelow));
  if (steps.length > 0 && waitingSuspension(state, alert)?.byBudget) {
    plans.push(...stepsMeanwhile(state, alert).map((step) => planStep(state, alert, step, nowMs, true)));
  }
  return plans.filter((planned) => planned !== undefined).sort((a, b) => rungHeight(a.rung) - rungHeight(b.rung));
}

/**
 * What is decided about one rung, written down; `undefined` where nothing is to be planned.
 *
 * @param isBelow people have the incident's suspension before them: it is done or left out. But what is in force is not left
 *   to end without their being asked.
 */
function planStep(
  state: ResponseState,
  alert: Alert,
  step: LadderStep,
  nowMs: number,
  isBelow: boolean,
): PlannedAction | undefined {
  const { rung, note } = step;
  if (alreadyPlanned(state, alert, rung)) return undefined;
  const question = { state, alert, rung, nowMs };
  const ask = (guards: readonly Guard[]): GuardVerdict | undefined => {
    for (const guard of guards) {
      const verdict = guard(question);
      if (verdict) return verdict;
    }
    return undefined;
  };
  const isUnasked = isBelow && !renewsAction(state, alert, rung);
  const budget = isUnasked ? withinBudgetUnasked : withinBudget;
  const verdict = ask(BEFORE_LADDER) ?? step.verdict ?? ask(AFTER_LADDER) ?? budget(question);
  if (isUnasked && verdict) return undefined;
  const decision = verdict?.decision ?? 'act';
  const id = actionId(state, alert, rung);
  const untilMs = restrictionEndMs(state.policy, rung, nowMs);
  rememberPlan(state, alert, rung, { decision, untilMs, ...(verdict?.byBudget && { byBudget: true }) });
  const reason = verdict?.reason ?? `mode.${alert.account.class}.${alert.severity} is auto`;
  return {
    id,
    alertId: alert.id,
    accountId: alert.account.id,
    channel: alert.channel,
    rung,
    decision,
    reason: note ? `${reason}; ${note}` : reason,
    timeMs: alert.timeMs,
    untilMs,
    score: alert.score,
    exposed: alert.exposed,
  };
}

/**
 * A person lets a plan go ahead: from now on it stands as if the machine had decided it, with the end that it has now. What
 * renews it is asked for before it ends, or done where only the budget had stood in its way.
 */
export function noteApproved(state: ResponseState, { alertId, accountId, timeMs, rung, untilMs }: PlannedAction): void {
  const key = incidentKey(state, { id: alertId, timeMs, account: { id: accountId } });
  const rungs = state.incidents.get(key)?.rungs;
  const planned = rungs?.get(rung);
  if (planned) rungs!.set(rung, { ...planned, decision: 'act', untilMs: Math.max(untilMs, planned.untilMs) });
}

/** A person decides against a plan: its incident's suspension no longer waits, and nothing is done in its place any more. */
export function noteRejected(state: ResponseState, { alertId, accountId, timeMs, rung }: PlannedAction): void {
  const key = incidentKey(state, { id: alertId, timeMs, account: { id: accountId } });
  const rungs = state.incidents.get(key)?.rungs;
  const planned = rungs?.get(rung);
  if (planned?.decision === 'await_approval') rungs!.set(rung, { ...planned, decision: 'drop' });
}

/** A person gave the account back at `atMs` (event time): alerts decided up to then no longer count. */
export function noteReenabled(state: ResponseState, accountId: string, atMs: number): void {
  const times = state.reenabled.get(accountId) ?? [];
  if (!times.includes(atMs)) times.push(atMs);
  state.reenabled.set(
    accountId,
    times.sort((a, b) => a - b),
  );
}
