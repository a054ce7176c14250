import type { ActionRecord } from '#libs/model/action-record.ts';
import type { AccountView, CallFailure } from '#libs/ports/accounts.ts';
import { isHolding } from '#libs/respond/index.ts';
import type { ResponderContext } from './context.ts';
import { MACHINE, Overtaken, safely } from './context.ts';
import { restrictionAfter } from './restriction-change.ts';
import { changed, retryAfterMs } from './transitions.ts';

/**
 * The record of an action that is taken back, its undoing at the connector still to be done where there is any.
 *
 * @param byPerson a person wants the account back, whatever it was before; otherwise it goes back to what it was
 */
export function reverted(record: ActionRecord, detail: string, byPerson: boolean, nowMs: number): ActionRecord {
  const { rung } = record.plan;
  const was = record.earlier;
  // Never read means never touched. What was blocked by somebody else before us is not ours to open.
  const nothing =
    rung === 'throttle' || was === '' || (!byPerson && (rung === 'suspend' ? !was.enabled : was.stepUpRequired));
  const undo = nothing ? 'none' : 'pending';
  return changed(record, { state: 'reverted', undo, detail, attempts: 0, dueMs: nothing ? 0 : nowMs }, nowMs);
}

/** Ends a temporary restriction whose time is up. */
export async function expire(context: ResponderContext, record: ActionRecord): Promise<void> {
  const { store, clock, outbound, restrictions } = context;
  const nowMs = clock.nowMs();
  const next = reverted(record, 'its time was up', false, nowMs);
  const restriction = await restrictionAfter(context, record.plan.accountId, [next], nowMs);
  const done = await store.commit({
    changes: [next],
    ...(restriction ? { restrictions: [restriction] } : {}),
    audit: [{ atMs: nowMs, actor: MACHINE, verb: 'action.expired', subject: next.plan.id, detail: next.plan.rung }],
    outbox: [...(restriction ? [outbound.restriction(restriction, nowMs)] : []), outbound.action(next)],
  });
  if (!done) throw new Overtaken();
  if (restriction) restrictions.put(restriction);
  context.flushSoon();
  if (next.undo === 'pending') await undo(context, next);
}

/** True where another action still wants what this one's undoing would take away. */
async function stillWanted(context: ResponderContext, record: ActionRecord): Promise<boolean> {
  const others = await context.store.actionsOf(record.plan.accountId);
  return others.some((o) => o.plan.id !== record.plan.id && o.plan.rung === record.plan.rung && isHolding(o));
}

/** Gives the account back at the connector and reads it back. What fails falls due again, without end. */
export async function undo(context: ResponderContext, record: ActionRecord): Promise<void> {
  const { store, connector, clock, outbound } = context;
  const { accountId, id, rung } = record.plan;
  const why = { actionId: id, actor: MACHINE, reason: record.detail, atMs: clock.nowMs() };

  const done = async (detail: string) => {
    const nowMs = clock.nowMs();
    const next = changed(record, { undo: 'done', dueMs: 0, detail }, nowMs);
    const audit = [{ atMs: nowMs, actor: MACHINE, verb: 'action.undone', subject: id, detail }];
    if (!(await store.commit({ changes: [next], audit, outbox: [outbound.action(next)] }))) throw new Overtaken();
  };
  const later = async (what: string) => {
    const nowMs = clock.nowMs();
    const attempts = record.attempts + 1;
    const next = changed(record, { attempts, detail: what, dueMs: nowMs + retryAfterMs(attempts) }, nowMs);
    if (!(await store.commit({ changes: [next] }))) throw new Overtaken();
  };
  const failed = (failure: CallFailure) =>
    failure.outcome === 'not_found' ? done('the account is gone') : later(`${failure.outcome}: ${failure.detail}`);

  if (await stillWanted(context, record)) return done(`${rung} goes on for another incident`);
  const isBack = (view: AccountView) => (rung === 'suspend' ? view.enabled : !view.stepUpRequired);
  const before = await safely(() => connector.read(accountId));
  if (before.outcome !== 'done') return failed(before);
  // A keeper that cannot be asked is told in any case, and its word that it heard is all there is.
  if (!isBack(before.value) || (before.value.readable ?? 'yes') !== 'yes') {
    const outcome = await safely(() =>
      rung === 'suspend' ? connector.enable(accountId, why) : connector.clearStepUp(accountId, why),
    );
    if (outcome.outcome !== 'done') return failed(outcome);
    const after = await safely(() => connector.read(accountId));
    if (after.outcome !== 'done') return failed(after);
    if (after.value.readable !== 'no' && !isBack(after.value)) return later('read back: not given back yet');
  }
  return done(record.detail);
}
