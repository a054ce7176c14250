import type { ActionRecord } from '#libs/model/action-record.ts';
import type { Containment } from '#libs/model/containment.ts';
import type { ResponseNotice } from '#libs/model/notice.ts';
import type { AuditEntry, CaseDocument } from '#libs/ports/store.ts';
import { containmentActionId, containmentPlan, isHolding } from '#libs/respond/index.ts';
import { containmentDocument, containmentOf } from './containment.ts';
import type { ResponderContext } from './context.ts';
import { MACHINE, safely } from './context.ts';
import { readPlanningState } from './planning.ts';
import { restrictionAfter } from './restriction-change.ts';
import { changed, DELAYED_AFTER, newRecord } from './transitions.ts';
import { reverted } from './undo.ts';

/** Share of a slice that may be in trouble before no further slice is begun. */
const TROUBLE_SHARE = 0.2;
/** Accounts whose keeper is asked about them at a time. */
const ASKED_AT_ONCE = 20;
/** Accounts given back in one go before the next containment has its turn. */
const GIVEN_BACK_AT_ONCE = 50;

const SETTLED: ReadonlySet<string> = new Set(['verified', 'reverted', 'dropped']);
/** Failed again and again: a first failure is retried like anybody's. */
const isTroubled = ({ state, attempts }: ActionRecord): boolean =>
  (state === 'failed' || state === 'unknown') && attempts >= DELAYED_AFTER;

type InTurn = <T>(accountId: string, work: () => Promise<T>) => Promise<T>;

const actionsOf = async (context: ResponderContext, { id }: Containment, accounts: readonly string[]) =>
  (await Promise.all(accounts.map((a) => context.store.action(containmentActionId(id, a))))).filter(
    (record): record is ActionRecord => record !== undefined,
  );

/**
 * Carries a containment one step on: the next slice, or the next accounts to give back. Returns the actions to work on now.
 * Each step is one commit on the version that was read, so that several instances, or one that was killed, never restrict a
 * slice twice.
 *
 * @param inTurn runs work in an account's turn
 */
export async function advanceContainment(
  context: ResponderContext,
  document: CaseDocument,
  inTurn: InTurn,
): Promise<readonly ActionRecord[]> {
  const containment = containmentOf(document)!;
  if (containment.state === 'running') return nextSlice(context, containment, document.version);
  if (containment.state === 'reverting') return giveBack(context, containment, document.version, inTurn);
  return [];
}

async function nextSlice(
  context: ResponderContext,
  containment: Containment,
  version: number,
): Promise<readonly ActionRecord[]> {
  const { store, clock } = context;
  const { id, accounts, begun, sliceFrom, sliceSize, sliceEveryMs } = containment;
  const nowMs = clock.nowMs();
  const last = await actionsOf(context, containment, accounts.slice(sliceFrom, begun));
  const troubled = last.filter(isTroubled).length;
  if (troubled > TROUBLE_SHARE * last.length) {
    await pauseByItself(context, containment, version, `${troubled} of the last ${last.length} accounts failed`);
    return [];
  }
  if (last.some((r) => !SETTLED.has(r.state) && !isTroubled(r)) || nowMs < containment.nextSliceMs) return [];
  if (begun === accounts.length) {
    await write(context, { ...containment, state: 'done', detail: 'every account is restricted' }, version, 'done');
    return [];
  }
  const slice = accounts.slice(begun, begun + sliceSize);
  const { state } = await readPlanningState(context);
  // Somebody was given back by a person since this was asked for: that person knew more.
  const wanted = slice.filter((a) => !state.reenabled.get(a)?.some((ms) => ms >= containment.createdMs));
  const without = await withoutSecondFactor(context, containment, wanted);
  const records = wanted.map((account) => {
    const plan = containmentPlan(containment, account, nowMs);
    return newRecord(without.has(account) ? { ...plan, rung: 'throttle' } : plan, nowMs);
  });
  const throttled = without.size > 0 ? `; without a second factor, so throttled: ${without.size}` : '';
  const after: Containment = {
    ...containment,
    sliceFrom: begun,
    begun: begun + slice.length,
    skipped: containment.skipped + slice.length - wanted.length,
    nextSliceMs: nowMs + sliceEveryMs,
    detail: `accounts ${begun + 1} to ${begun + slice.length} of ${accounts.length}${throttled}`,
  };
  const audit = [{ atMs: nowMs, actor: MACHINE, verb: 'containment.slice', subject: id, detail: after.detail }];
  const done = await store.commit({
    actions: records,
    cases: [containmentDocument(after, version + 1, nowMs)],
    audit,
  });
  return done ? records : [];
}

/**
 * Of accounts that a step-up is for, those that have no second factor to show: it would shut them out, which is more than two
 * people have decided, so the rung that needs none takes its place, as in a plan of the machine's.
 */
async function withoutSecondFactor(
  { connector }: ResponderContext,
  { rung }: Containment,
  accounts: readonly string[],
): Promise<ReadonlySet<string>> {
  const without = new Set<string>();
  if (rung !== 'step_up') return without;
  const ask = async (account: string): Promise<void> => {
    const view = await safely(() => connector.read(account));
    if (view.outcome === 'done' && view.value.secondFactor === 'no') without.add(account);
  };
  for (let from = 0; from < accounts.length; from += ASKED_AT_ONCE) {
    await Promise.all(accounts.slice(from, from + ASKED_AT_ONCE).map(ask));
  }
  return without;
}

async function write(context: ResponderContext, after: Containment, version: number, what: string): Promise<void> {
  const atMs = context.clock.nowMs();
  const audit = [{ atMs, actor: MACHINE, verb: `containment.${what}`, subject: after.id, detail: after.detail }];
  await context.store.commit({ cases: [containmentDocument(after, version + 1, atMs)], audit });
}

async function pauseByItself(
  context: ResponderContext,
  containment: Containment,
  version: number,
  detail: string,
): Promise<void> {
  const atMs = context.clock.nowMs();
  const { id } = containment;
  const notice: ResponseNotice = {
    id: `containment:${id}:${containment.begun}`,
    notice: 'stop_delayed',
    timeMs: atMs,
    subject: id,
    accountId: '',
    message: `containment ${id} has paused: ${detail}. What is restricted stays so.`,
  };
  const line: AuditEntry = { atMs, actor: MACHINE, verb: 'containment.paused', subject: id, detail };
  await context.store.commit({
    cases: [containmentDocument({ ...containment, state: 'paused', detail }, version + 1, atMs)],
    audit: [line],
    outbox: [context.outbound.notice(notice)],
  });
}

/** Takes one account's action back, its undoing still to be done; another restriction of the account stays. */
async function giveBackOne(
  context: ResponderContext,
  containment: Containment,
  accountId: string,
): Promise<ActionRecord | undefined> {
  const { store, clock, outbound, restrictions } = context;
  for (;;) {
    const record = await store.action(containmentActionId(containment.id, accountId));
    if (!record) return undefined;
    const nowMs = clock.nowMs();
    let next: ActionRecord;
    // Back to what it was: an account that somebody else had disabled before stays disabled.
    if (isHolding(record)) next = reverted(record, containment.detail, false, nowMs);
    else if (record.state === 'planned') {
      next = changed(record, { state: 'dropped', dueMs: 0, detail: containment.detail }, nowMs);
    } else return undefined;
    const restriction = await restrictionAfter(context, accountId, [next], nowMs);
    const done = await store.commit({
      changes: [next],
      ...(restriction ? { restrictions: [restriction] } : {}),
      outbox: [...(restriction ? [outbound.restriction(restriction, nowMs)] : []), outbound.action(next)],
    });
    if (!done) continue;
    if (restriction) restrictions.put(restriction);
    return next;
  }
}

async function giveBack(
  context: ResponderContext,
  containment: Containment,
  version: number,
  inTurn: InTurn,
): Promise<readonly ActionRecord[]> {
  const { accounts, begun, givenBack } = containment;
  const some = accounts.slice(givenBack, Math.min(begun, givenBack + GIVEN_BACK_AT_ONCE));
  const changes = await Promise.all(some.map((a) => inTurn(a, () => giveBackOne(context, containment, a))));
  const after = { ...containment, givenBack: givenBack + some.length };
  if (after.givenBack < begun) {
    await context.store.commit({ cases: [containmentDocument(after, version + 1, context.clock.nowMs())] });
  } else await write(context, { ...after, state: 'reverted' }, version, 'given_back');
  return changes.filter((record) => record !== undefined);
}
