import type { Alert, RestrictingRung, Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { GuardVerdict } from './guard.ts';
import type { ResponseState } from './state.ts';

/** Position on the ladder: 0 for `alert`, 3 for `suspend`. */
export const rungHeight = (rung: Rung): number => RUNGS.indexOf(rung);

export interface LadderStep {
  readonly rung: RestrictingRung;
  /** Why it is not the rung the alert names; '' where it is. */
  readonly note: string;
  /** Set where the machine may not climb this high by itself. */
  readonly verdict?: GuardVerdict;
}

/** A second factor cannot be asked of an account that has none: the next rung, which needs no factor, takes its place. */
function replaceStepUp(state: ResponseState, accountId: string, rung: RestrictingRung): LadderStep {
  if (rung !== 'step_up' || !state.withoutSecondFactor.has(accountId)) return { rung, note: '' };
  return {
    rung: 'throttle',
    note: 'throttle in place of step_up: the account has no second factor from before the incident',
  };
}

/**
 * The rungs to plan for an alert: the one it reached, and, where its class may not be taken there by the machine, the
 * highest one that it may as well, so that something is done while a person decides.
 */
export function ladderSteps(state: ResponseState, alert: Alert): LadderStep[] {
  const wanted = alert.rung;
  if (wanted === 'alert') return [];
  const highest = state.policy.highestRung[alert.account.class];
  const step = replaceStepUp(state, alert.account.id, wanted);
  if (rungHeight(step.rung) <= rungHeight(highest)) return [step];
  const reason = `${step.rung} is above ${highest}, the highest rung for class ${alert.account.class}`;
  const above: LadderStep = { ...step, verdict: { decision: 'await_approval', reason } };
  if (highest === 'alert') return [above];
  const allowed = replaceStepUp(state, alert.account.id, highest);
  // A replaced step_up would climb above the class's limit: then only a person may do it.
  if (rungHeight(allowed.rung) > rungHeight(highest) || allowed.rung === above.rung) return [above];
  return [allowed, above];
}

/**
 * The rungs below a suspension that waits because a budget is spent, each with a budget of its own: an incident may reach
 * `suspend` at once, and its account would go on unhindered until somebody decides.
 */
export function stepsMeanwhile(state: ResponseState, { account }: Alert): LadderStep[] {
  const highest = rungHeight(state.policy.highestRung[account.class]);
  const rungs: RestrictingRung[] = state.withoutSecondFactor.has(account.id) ? ['throttle'] : ['step_up', 'throttle'];
  return rungs
    .filter((rung) => rungHeight(rung) <= highest)
    .map((rung) => ({ rung, note: 'while the suspension waits for a person' }));
}
