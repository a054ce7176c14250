import type { PlannedAction } from '#libs/model/action.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';
import type { ResponseNotice } from '#libs/model/notice.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';

/** One account put on a rung by the machine: what the budgets count. */
export interface Spent {
  readonly accountId: string;
  readonly timeMs: number;
  /** `profession/department`. */
  readonly group: string;
}

/** What was planned for one incident (and one life of the account: see `idempotence.ts`). */
export interface IncidentPlans {
  timeMs: number;
  readonly rungs: Map<RestrictingRung, RungPlan>;
}

/** The latest plan of one rung for one incident. */
export interface RungPlan {
  readonly decision: PlannedAction['decision'];
  /** When the restriction ends by itself, ms; 0: only a person ends it. */
  readonly untilMs: number;
  /** How many times it was planned again because it had ended and the incident had not. */
  readonly renewals: number;
  /** True where it waits for a person because a budget was spent, and for nothing else. */
  readonly byBudget?: true;
}

export interface Breaker {
  readonly openedMs: number;
  /** Plans sent to a person since it opened. */
  queued: number;
}

/**
 * All that planning remembers, as plain data: budgets spent, plans made, accounts given back. It is changed in place by
 * `plan` and the `note…` functions, and kept between processes through `snapshotResponseState`.
 */
export interface ResponseState {
  readonly policy: ResponsePolicy;
  /** Newest first is last: times never go down by more than the events' own disorder. */
  readonly spent: Map<RestrictingRung, Spent[]>;
  /** By scope: a rung (`suspend`), or a rung in a group (`suspend/optician/69`). */
  readonly breakers: Map<string, Breaker>;
  /** By incident: alert id, and the account's life. */
  readonly incidents: Map<string, IncidentPlans>;
  /** By account: when people gave it back, ms, ascending. */
  readonly reenabled: Map<string, number[]>;
  /** Accounts known to have no second factor of the holder's to ask for. An account nobody knows about is assumed to have one. */
  readonly withoutSecondFactor: Set<string>;
  /** Accounts of each `profession/department`, where a directory says so. */
  readonly groupSize: Map<string, number>;
  /** Notices nobody has taken yet. */
  readonly notices: ResponseNotice[];
}

/** An empty state under `policy`. */
export function createResponseState(policy: ResponsePolicy): ResponseState {
  return {
    policy,
    spent: new Map(),
    breakers: new Map(),
    incidents: new Map(),
    reenabled: new Map(),
    withoutSecondFactor: new Set(),
    groupSize: new Map(),
    notices: [],
  };
}

/** The key under which accounts of one profession in one department are counted together. */
export const groupOf = (profession: string, department: string): string => `${profession}/${department || 'unknown'}`;

/** Whether an account has a second factor of its holder's to ask for, as its keeper says. */
export function noteSecondFactor(state: ResponseState, accountId: string, has: boolean): void {
  if (has) state.withoutSecondFactor.delete(accountId);
  else state.withoutSecondFactor.add(accountId);
}

/** How many accounts a profession has in a department, as a directory counts them. */
export function noteGroupSize(state: ResponseState, profession: string, department: string, accounts: number): void {
  state.groupSize.set(groupOf(profession, department), accounts);
}

/** The notices raised since the last call, oldest first; they are not given again. */
export function takeNotices(state: ResponseState): ResponseNotice[] {
  return state.notices.splice(0);
}
