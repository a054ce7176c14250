import type { Alert, RestrictingRung } from '#libs/model/alert.ts';
import { PROFESSION_OTHER, PROFESSIONS } from '#libs/model/codes.ts';
import type { RungBudget } from '#libs/model/response-policy.ts';
import type { GuardQuestion } from './guard.ts';
import type { ResponseState, Spent } from './state.ts';
import { groupOf } from './state.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A budget that has no room for one more account. */
export interface Exhausted {
  /** What the breaker is to cover: the rung, or the rung in one profession and department. */
  readonly scope: string;
  readonly reason: string;
}

const WINDOWS = [
  { name: '10 minutes', lengthMs: 10 * MINUTE_MS, limit: (b: RungBudget) => b.perTenMinutes },
  { name: 'hour', lengthMs: 60 * MINUTE_MS, limit: (b: RungBudget) => b.perHour },
  { name: 'day', lengthMs: DAY_MS, limit: (b: RungBudget) => b.perDay },
] as const;

/** Different accounts put on the rung in the window that ends at `nowMs`, `except` one that would be put there again. */
function accountsIn(spent: readonly Spent[], nowMs: number, lengthMs: number, except: string, group?: string): number {
  const accounts = new Set<string>();
  for (const s of spent) {
    if (s.timeMs > nowMs - lengthMs && s.accountId !== except && (!group || s.group === group))
      accounts.add(s.accountId);
  }
  return accounts.size;
}

/** Accounts of one group that may be put on a rung in 24 h. Where nobody knows the group's size, only the floor. */
export function groupLimit(budget: RungBudget, groupSize: number | undefined): number {
  return Math.max(budget.professionFloor, Math.floor((groupSize ?? 0) * budget.professionShare));
}

/**
 * The group that an alert's account is counted in. `undefined` where the log does not say its profession (`other`) or its
 * department: those of whom nothing is known have nothing in common that would make one of them answer for the others.
 */
export function groupOfAlert({ account }: Alert): string | undefined {
  if (account.profession === PROFESSIONS[PROFESSION_OTHER] || !account.department) return undefined;
  return groupOf(account.profession, account.department);
}

/**
 * The first budget that one more account would exceed, or `undefined` where all have room. Times are event times; what
 * lies after `nowMs` (a clock that went back) counts too, so that a jump never makes room.
 */
export function exhaustedBudget({ state, alert, rung, nowMs }: GuardQuestion): Exhausted | undefined {
  const budget = state.policy.budget[rung];
  const spent = state.spent.get(rung) ?? [];
  for (const window of WINDOWS) {
    const limit = window.limit(budget);
    if (accountsIn(spent, nowMs, window.lengthMs, alert.account.id) + 1 > limit) {
      return { scope: rung, reason: `${rung} budget spent: ${limit} accounts per ${window.name}` };
    }
  }
  const group = groupOfAlert(alert);
  // Without a group the three windows above hold all the same.
  if (group === undefined) return undefined;
  const limit = groupLimit(budget, state.groupSize.get(group));
  if (accountsIn(spent, nowMs, DAY_MS, alert.account.id, group) + 1 > limit) {
    return { scope: `${rung}/${group}`, reason: `${rung} budget spent: ${limit} accounts of ${group} per day` };
  }
  return undefined;
}

/** True where the machine put this account on this rung within the last day: putting it there again costs nothing. */
export function isCounted({ state, alert, rung, nowMs }: GuardQuestion): boolean {
  const spent = state.spent.get(rung) ?? [];
  return spent.some((s) => s.accountId === alert.account.id && s.timeMs > nowMs - DAY_MS);
}

/** Counts one account against the rung's budgets and forgets what no window reaches any more. */
export function spendBudget({ state, alert, rung, nowMs }: GuardQuestion): void {
  const kept = (state.spent.get(rung) ?? []).filter((s) => s.timeMs > nowMs - DAY_MS);
  const group = groupOf(alert.account.profession, alert.account.department);
  kept.push({ accountId: alert.account.id, timeMs: nowMs, group });
  state.spent.set(rung, kept);
}

/** Room left in the tightest of the rung's three windows, for people to see. */
export function budgetLeft(state: ResponseState, rung: RestrictingRung, nowMs: number): number {
  const spent = state.spent.get(rung) ?? [];
  const left = WINDOWS.map((w) => w.limit(state.policy.budget[rung]) - accountsIn(spent, nowMs, w.lengthMs, ''));
  return Math.max(0, Math.min(...left));
}
