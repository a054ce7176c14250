import type { ActionState, PlannedAction } from '#libs/model/action.ts';
import type { ActionRecord, ActionStep } from '#libs/model/action-record.ts';
import type { CallFailure } from '#libs/ports/accounts.ts';

/**
 * The life of an action as pure changes of its record:
 *
 *   planned -> requested (restrict, block, end_sessions) -> applied (read_back) -> verified -> reverted
 *                  |  ^                                        |  ^
 *                  v  |                                        v  |
 *              unknown, failed  (retried with backoff from the step that failed, after reading the account)
 *
 *   waiting_approval -> planned | dropped        observed, dropped: written down, never worked on
 */

/** How long a step may take before another instance, or this one after a crash, takes the action over. */
export const STEP_LEASE_MS = 30_000;
const FIRST_RETRY_MS = 1_000;
const SLOWEST_RETRY_MS = 60_000;
/** Failures in a row after which people are told that a stop takes long. */
export const DELAYED_AFTER = 3;

const STATE_OF: Readonly<Record<PlannedAction['decision'], ActionState>> = {
  act: 'planned',
  await_approval: 'waiting_approval',
  observe: 'observed',
  drop: 'dropped',
};

/** A plan as it enters the store. */
export function newRecord(plan: PlannedAction, nowMs: number): ActionRecord {
  const state = STATE_OF[plan.decision];
  return {
    plan,
    state,
    step: 'restrict',
    version: 1,
    attempts: 0,
    dueMs: state === 'planned' ? nowMs : 0,
    detail: '',
    earlier: '',
    undo: 'none',
    createdMs: nowMs,
    updatedMs: nowMs,
    verifiedMs: 0,
  };
}

type Change = Partial<Omit<ActionRecord, 'plan' | 'version' | 'createdMs' | 'updatedMs'>>;

/** The record after a change. */
export const changed = (record: ActionRecord, change: Change, nowMs: number): ActionRecord => ({
  ...record,
  ...change,
  version: record.version + 1,
  updatedMs: nowMs,
});

/** About to do `step`: written before the call, and leased so that a crash hands it on. */
export const entering = (record: ActionRecord, step: ActionStep, change: Change, nowMs: number): ActionRecord =>
  changed(
    record,
    { ...change, step, state: step === 'read_back' ? 'applied' : 'requested', dueMs: nowMs + STEP_LEASE_MS },
    nowMs,
  );

/** Wait before the next try, ms: doubled each time, bounded. */
export const retryAfterMs = (attempts: number): number =>
  Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20));

/** The read-back shows that something is still missing: do that step again. */
export function stillMissing(record: ActionRecord, step: ActionStep, detail: string, nowMs: number): ActionRecord {
  const attempts = record.attempts + 1;
  return changed(
    record,
    { state: 'failed', step, attempts, detail: `read back: ${detail}`, dueMs: nowMs + retryAfterMs(attempts) },
    nowMs,
  );
}

/**
 * A call failed. Whatever may get better is tried again: at the slowest pace where only a person can make it better
 * (our credential may not, the keeper will not). An account that is not there is not asked for again.
 */
export function failing(record: ActionRecord, failure: CallFailure, nowMs: number): ActionRecord {
  const attempts = record.attempts + 1;
  const detail = `${failure.outcome} at ${record.step}: ${failure.detail}`;
  if (failure.outcome === 'not_found') {
    return changed(record, { state: 'failed', attempts, detail, dueMs: record.plan.untilMs }, nowMs);
  }
  const waits: Readonly<Record<Exclude<CallFailure['outcome'], 'not_found'>, number>> = {
    unknown: retryAfterMs(attempts),
    unavailable: retryAfterMs(attempts),
    throttled: failure.outcome === 'throttled' ? Math.max(failure.retryAfterMs, retryAfterMs(attempts)) : 0,
    denied: SLOWEST_RETRY_MS,
    rejected: SLOWEST_RETRY_MS,
  };
  const state = failure.outcome === 'unknown' ? 'unknown' : 'failed';
  return changed(record, { state, attempts, detail, dueMs: nowMs + waits[failure.outcome] }, nowMs);
}

/** True where people are to be told that this stop takes long: at once if only they can help. */
export const isDelayed = (record: ActionRecord, failure: CallFailure): boolean =>
  record.attempts >= DELAYED_AFTER || ['not_found', 'denied', 'rejected'].includes(failure.outcome);

/** Read back and right. It falls due again when it ends by itself. */
export const verified = (record: ActionRecord, nowMs: number): ActionRecord =>
  changed(record, { state: 'verified', attempts: 0, detail: '', dueMs: record.plan.untilMs, verifiedMs: nowMs }, nowMs);
