import type { Exhausted } from './budget.ts';
import { exhaustedBudget, groupOfAlert, isCounted, spendBudget } from './budget.ts';
import type { Guard, GuardQuestion, GuardVerdict } from './guard.ts';
import { renewsAction } from './idempotence.ts';
import type { ResponseState } from './state.ts';

/** Opens the breaker of an exhausted budget and says so once. */
function openBreaker({ state, nowMs }: GuardQuestion, exhausted: Exhausted): void {
  state.breakers.set(exhausted.scope, { openedMs: nowMs, queued: 0 });
  state.notices.push({
    id: `breaker:${exhausted.scope}:${nowMs}`,
    notice: 'breaker_opened',
    timeMs: nowMs,
    subject: exhausted.scope,
    accountId: '',
    message: `${exhausted.reason}. From now on these plans wait for a person; alerts go on.`,
  });
}

/** The open breaker that covers this plan. One whose time is up is closed, if the policy lets it close. */
function openBreakerFor({ state, alert, rung, nowMs }: GuardQuestion): string | undefined {
  const group = groupOfAlert(alert);
  const scopes = group === undefined ? [rung] : [rung, `${rung}/${group}`];
  for (const scope of scopes) {
    const breaker = state.breakers.get(scope);
    if (!breaker) continue;
    const closesMs = breaker.openedMs + state.policy.breakerMinutes * 60_000;
    if (state.policy.breakerMinutes > 0 && nowMs >= closesMs) state.breakers.delete(scope);
    else return scope;
  }
  return undefined;
}

const costsNothing = (question: GuardQuestion): boolean =>
  isCounted(question) || renewsAction(question.state, question.alert, question.rung);

const held = (scope: string): GuardVerdict => ({
  decision: 'await_approval',
  reason: `the breaker for ${scope} is open`,
  byBudget: true,
});

/**
 * The disable budget: a faulty detector must not be able to shut a profession down. While there is room the plan is
 * counted and may go on; the first one past it opens the breaker, and it and all later ones wait for a person. An
 * account that the machine has on this rung already costs nothing, so it is not held up, and neither is one whose
 * restriction has ended while its incident goes on: budgets count accounts, and this one was counted when it began. (A
 * restriction renewed day by day would else use up its neighbours' budget.)
 */
export const withinBudget: Guard = (question) => {
  if (costsNothing(question)) return undefined;
  let scope = openBreakerFor(question);
  if (scope === undefined) {
    const exhausted = exhaustedBudget(question);
    if (!exhausted) {
      spendBudget(question);
      return undefined;
    }
    openBreaker(question, exhausted);
    scope = exhausted.scope;
  }
  question.state.breakers.get(scope)!.queued += 1;
  return held(scope);
};

/** What stands in the plan's way: the scope of an open breaker, or of one that it would open. */
const scopeInTheWay = (question: GuardQuestion): string | undefined =>
  costsNothing(question) ? undefined : (openBreakerFor(question) ?? exhaustedBudget(question)?.scope);

/** True where the budget would let the plan go on. Spends nothing. */
export const hasRoom = (question: GuardQuestion): boolean => scopeInTheWay(question) === undefined;

/** As {@link withinBudget}, for a plan that is left out where there is no room: no breaker opens, and nobody is asked. */
export const withinBudgetUnasked: Guard = (question) => {
  const scope = scopeInTheWay(question);
  if (scope !== undefined) return held(scope);
  if (!costsNothing(question)) spendBudget(question);
  return undefined;
};

/** A person closes a breaker. False where it was not open. What it queued stays with the people who approve. */
export const closeBreaker = (state: ResponseState, scope: string): boolean => state.breakers.delete(scope);
