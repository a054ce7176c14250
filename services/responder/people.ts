import type { ActionRecord } from '#libs/model/action-record.ts';
import {
  closeBreaker,
  isHolding,
  noteApproved,
  noteReenabled,
  noteRejected,
  snapshotResponseState,
} from '#libs/respond/index.ts';
import type { ResponderContext } from './context.ts';
import { readPlanningState } from './planning.ts';
import { restrictionAfter } from './restriction-change.ts';
import { changed } from './transitions.ts';
import { reverted } from './undo.ts';

/** What came of a person's wish. */
export type Decision =
  | { readonly done: true; readonly changed: readonly ActionRecord[] }
  | { readonly done: false; readonly why: string };
export const refused = (why: string): Decision => ({ done: false, why });

/** A person lets a waiting plan go ahead. A plan that came from before the account was given back is dropped instead. */
export async function approve(context: ResponderContext, actionId: string, who: string): Promise<Decision> {
  const { store, clock, outbound } = context;
  for (;;) {
    const record = await store.action(actionId);
    if (record?.state !== 'waiting_approval') return refused('no plan of that id waits for approval');
    const nowMs = clock.nowMs();
    const { state, version } = await readPlanningState(context);
    const { accountId, timeMs, untilMs } = record.plan;
    const stale = state.reenabled.get(accountId)?.some((ms) => ms >= timeMs) ?? false;
    const plan = { ...record.plan, untilMs: untilMs && nowMs + (untilMs - record.createdMs) };
    const next = stale
      ? changed(record, { state: 'dropped', detail: 'the account was re-enabled since' }, nowMs)
      : { ...changed(record, { state: 'planned', detail: `approved by ${who}`, dueMs: nowMs }, nowMs), plan };
    const verb = stale ? 'action.dropped' : 'action.approved';
    const audit = [{ atMs: nowMs, actor: who, verb, subject: actionId, detail: next.detail }];
    if (!stale) noteApproved(state, plan);
    const planning = { readVersion: version, snapshot: snapshotResponseState(state) };
    const outbox = stale ? [outbound.action(next)] : [];
    if (!(await store.commit({ ...(stale ? {} : { planning }), changes: [next], audit, outbox }))) continue;
    return stale ? refused(next.detail) : { done: true, changed: [next] };
  }
}

/** A person decides against a waiting plan. */
export async function reject(
  context: ResponderContext,
  actionId: string,
  who: string,
  reason: string,
): Promise<Decision> {
  const { store, clock, outbound } = context;
  if (!reason.trim()) return refused('a reason is needed');
  for (;;) {
    const record = await store.action(actionId);
    if (record?.state !== 'waiting_approval') return refused('no plan of that id waits for approval');
    const nowMs = clock.nowMs();
    const next = changed(record, { state: 'dropped', detail: `rejected by ${who}: ${reason}` }, nowMs);
    const { state, version } = await readPlanningState(context);
    noteRejected(state, record.plan);
    const planning = { readVersion: version, snapshot: snapshotResponseState(state) };
    const audit = [{ atMs: nowMs, actor: who, verb: 'action.rejected', subject: actionId, detail: reason }];
    if (await store.commit({ planning, changes: [next], audit, outbox: [outbound.action(next)] })) {
      return { done: true, changed: [next] };
    }
  }
}

export interface ReenableOptions {
  /** How long the account's score stays silent afterwards, ms; its quotas hold all the same. */
  readonly graceMs?: number;
  /** What was done about the password, for the audit log. */
  readonly note?: string;
}

/**
 * A person gives an account back: every action on it is taken back or dropped, its restriction lifted, the detector told
 * (it grants the baseline a grace window), and alerts decided up to now count no more. The undoing at the connector
 * follows and is retried until it is done.
 */
export async function reenable(
  context: ResponderContext,
  accountId: string,
  who: string,
  reason: string,
  options: ReenableOptions = {},
): Promise<Decision> {
  const { store, clock, outbound, restrictions } = context;
  const { graceMs = 0, note = '' } = options;
  if (!who.trim() || !reason.trim()) return refused('a person and a reason are needed');
  for (;;) {
    const nowMs = clock.nowMs();
    const { state, version } = await readPlanningState(context);
    noteReenabled(state, accountId, nowMs);
    const changes: ActionRecord[] = [];
    for (const record of await store.actionsOf(accountId)) {
      if (isHolding(record)) changes.push(reverted(record, `re-enabled by ${who}: ${reason}`, true, nowMs));
      else if (record.state === 'planned' || record.state === 'waiting_approval') {
        changes.push(changed(record, { state: 'dropped', dueMs: 0, detail: 'the account was re-enabled' }, nowMs));
      }
    }
    const restriction = await restrictionAfter(context, accountId, changes, nowMs);
    const done = await store.commit({
      planning: { readVersion: version, snapshot: snapshotResponseState(state) },
      changes,
      ...(restriction ? { restrictions: [restriction] } : {}),
      audit: [
        {
          atMs: nowMs,
          actor: who,
          verb: 'account.reenabled',
          subject: accountId,
          detail: note ? `${reason} (${note})` : reason,
        },
      ],
      outbox: [
        ...(restriction ? [outbound.restriction(restriction, nowMs)] : []),
        ...changes.map(outbound.action),
        outbound.control({
          kind: 'control',
          control: 'reenable',
          timeMs: nowMs,
          accountId,
          reason,
          ...(graceMs > 0 ? { graceUntilMs: nowMs + graceMs } : {}),
        }),
      ],
    });
    if (!done) continue;
    if (restriction) restrictions.put(restriction);
    return { done: true, changed: changes };
  }
}

/** A person closes an open breaker. What it queued stays with the people who approve. */
export async function resetBreaker(
  context: ResponderContext,
  scope: string,
  who: string,
  reason: string,
): Promise<Decision> {
  const { store, clock } = context;
  if (!who.trim() || !reason.trim()) return refused('a person and a reason are needed');
  for (;;) {
    const { state, version } = await readPlanningState(context);
    if (!closeBreaker(state, scope)) return refused(`no breaker is open for ${scope}`);
    const audit = [{ atMs: clock.nowMs(), actor: who, verb: 'breaker.closed', subject: scope, detail: reason }];
    const planning = { readVersion: version, snapshot: snapshotResponseState(state) };
    if (await store.commit({ planning, audit })) return { done: true, changed: [] };
  }
}
