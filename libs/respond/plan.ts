import type { PlannedAction } from '#libs/model/action.ts';
import type { Alert } from '#libs/model/alert.ts';
import { withinBudget } from './breaker.ts';
import { restrictionEndMs } from './expiry.ts';
import { forget } from './forget.ts';
import type { Guard, GuardVerdict } from './guard.ts';
import { actionId, alreadyPlanned, incidentKey, rememberPlan } from './idempotence.ts';
import { dryRun, killSwitch } from './kill-switch.ts';
import { ladderSteps } from './ladder.ts';
import { approveMode, observeMode } from './mode.ts';
import { protectedAccount } from './protected-account.ts';
import type { ResponseState } from './state.ts';
import { reenabledSince, tooOld } from './usefulness.ts';

/** Strongest objection first; the first that speaks decides. The budget comes last because asking it spends from it. */
const BEFORE_LADDER: readonly Guard[] = [reenabledSince, dryRun, observeMode];
const AFTER_LADDER: readonly Guard[] = [killSwitch, protectedAccount, approveMode, tooOld, withinBudget];

/**
 * What to do about one alert revision. Changes `state` in place (budgets, breakers, what was planned) and touches
 * nothing else; the same alert again, or an earlier revision of it, gives nothing.
 *
 * @param nowMs event time, ms: the clock that every guard uses
 * @returns the new plans, lowest rung first; empty where there is nothing new to do. Breaker notices: `takeNotices`.
 */
export function plan(state: ResponseState, alert: Alert, nowMs: number): PlannedAction[] {
  forget(state, nowMs);
  if (alert.status === 'closed') return [];
  const plans: PlannedAction[] = [];
  for (const step of ladderSteps(state, alert)) {
    const { rung, note } = step;
    if (alreadyPlanned(state, alert, rung)) continue;
    const question = { state, alert, rung, nowMs };
    const ask = (guards: readonly Guard[]): GuardVerdict | undefined => {
      for (const guard of guards) {
        const verdict = guard(question);
        if (verdict) return verdict;
      }
      return undefined;
    };
    const verdict = ask(BEFORE_LADDER) ?? step.verdict ?? ask(AFTER_LADDER);
    const decision = verdict?.decision ?? 'act';
    const id = actionId(state, alert, rung);
    const untilMs = restrictionEndMs(state.policy, rung, nowMs);
    rememberPlan(state, alert, rung, decision, untilMs);
    const reason = verdict?.reason ?? `mode.${alert.account.class}.${alert.severity} is auto`;
    plans.push({
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
    });
  }
  return plans;
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

/** A person gave the account back at `atMs` (event time): alerts decided up to then no longer count. */
export function noteReenabled(state: ResponseState, accountId: string, atMs: number): void {
  const times = state.reenabled.get(accountId) ?? [];
  if (!times.includes(atMs)) times.push(atMs);
  state.reenabled.set(
    accountId,
    times.sort((a, b) => a - b),
  );
}
