import type { ActionRecord, ActionStep, EarlierAccount } from '#libs/model/action-record.ts';
import type { AccountView, CallFailure, CallOutcome } from '#libs/ports/accounts.ts';
import type { OutboundRecord } from '#libs/ports/store.ts';
import type { SpanPlace } from '#libs/telemetry/in-span.ts';
import { inSpan } from '#libs/telemetry/in-span.ts';
import type { ResponderContext } from './context.ts';
import { MACHINE, Overtaken, safely } from './context.ts';
import { restrictionAfter } from './restriction-change.ts';
import { DELAYED_AFTER, entering, failing, isDelayed, stillMissing, verified } from './transitions.ts';

/*
 * Carries one action on from wherever it stands to `verified`, or as far as it gets. Before each call the store knows
 * that it is about to be made; an action found begun is looked at before anything is done again. Order: the restriction
 * (the portal's gateway refuses from then on), the block, the sessions, the read-back, and where a gateway can be asked, its
 * word that an old token is refused.
 */

async function save(context: ResponderContext, record: ActionRecord, outbox: OutboundRecord[] = []): Promise<void> {
  if (!(await context.store.commit({ changes: [record], outbox }))) throw new Overtaken();
}

/** Puts the account's restriction in force: first in the store, with the action's own change, then at the gateway. */
async function restrict(context: ResponderContext, record: ActionRecord): Promise<ActionRecord> {
  const { store, clock, outbound, restrictions } = context;
  const nowMs = clock.nowMs();
  const next = entering(record, 'restrict', {}, nowMs);
  const restriction = await restrictionAfter(context, record.plan.accountId, [next], nowMs);
  const done = await store.commit({
    changes: [next],
    ...(restriction ? { restrictions: [restriction] } : {}),
    audit: [
      { atMs: nowMs, actor: MACHINE, verb: 'action.requested', subject: record.plan.id, detail: record.plan.rung },
    ],
    outbox: [...(restriction ? [outbound.restriction(restriction, nowMs)] : []), outbound.action(next)],
  });
  if (!done) throw new Overtaken();
  if (restriction) restrictions.put(restriction);
  return next;
}

/** Tells people, once, that a stop takes long. */
const delayedNotice = ({ outbound }: ResponderContext, { plan, updatedMs, detail }: ActionRecord): OutboundRecord =>
  outbound.notice({
    id: `delayed:${plan.id}`,
    notice: 'stop_delayed',
    timeMs: updatedMs,
    subject: plan.id,
    accountId: plan.accountId,
    message: `${plan.rung} of ${plan.accountId} is not done yet: ${detail}. The restriction is published.`,
  });

async function fail(context: ResponderContext, record: ActionRecord, failure: CallFailure): Promise<void> {
  const { clock, outbound } = context;
  const next = failing(record, failure, clock.nowMs());
  const outbox = next.state === record.state ? [] : [outbound.action(next)];
  if (isDelayed(next, failure)) outbox.push(delayedNotice(context, next));
  await save(context, next, outbox);
}

/** What was read back is not as it has to be: that step comes again. */
async function lack(context: ResponderContext, record: ActionRecord, step: ActionStep, what: string): Promise<void> {
  const next = stillMissing(record, step, what, context.clock.nowMs());
  await save(context, next, next.attempts >= DELAYED_AFTER ? [delayedNotice(context, next)] : []);
}

/** What of this rung is not so yet, in the order in which it has to be done. */
function missing(record: ActionRecord, view: AccountView): { step: ActionStep; what: string }[] {
  const { rung } = record.plan;
  const steps: { step: ActionStep; what: string }[] = [];
  if (rung === 'suspend' && view.enabled) steps.push({ step: 'block', what: 'still enabled' });
  if (rung === 'step_up' && !view.stepUpRequired) steps.push({ step: 'block', what: 'no second factor demanded' });
  if (rung !== 'throttle' && view.sessions > 0) {
    steps.push({ step: 'end_sessions', what: `${view.sessions} live sessions` });
  }
  return steps;
}

/** What a keeper that cannot be asked shows is never missing and never done. */
const isReadable = (view: AccountView): boolean => (view.readable ?? 'yes') !== 'no';

/**
 * The calls to make after a look at the account. Until they have been ended once, sessions are ended even where none is
 * listed: a keeper may not list all that live (offline ones). A keeper that cannot be asked is sent what it has not taken
 * yet, which is what the record's step says.
 */
function callsFor(record: ActionRecord, view: AccountView): ActionStep[] {
  const steps = isReadable(view) ? missing(record, view).map((m) => m.step) : [];
  const notTaken = record.step === 'restrict' || record.step === 'block';
  if ((view.readable ?? 'yes') !== 'yes' && notTaken && !steps.includes('block')) steps.unshift('block');
  if (record.step !== 'read_back' && !steps.includes('end_sessions')) steps.push('end_sessions');
  return steps;
}

/** The call that makes `step` so. */
function call(
  context: ResponderContext,
  record: ActionRecord,
  step: ActionStep,
  hurry: AbortSignal,
): Promise<CallOutcome> {
  const { connector, clock } = context;
  const { accountId, rung, id, alertId } = record.plan;
  const why = { actionId: id, actor: MACHINE, reason: `alert ${alertId}`, atMs: clock.nowMs(), hurry };
  return safely(() => {
    if (step === 'end_sessions') return connector.endSessions(accountId, why);
    return rung === 'suspend' ? connector.disable(accountId, why) : connector.requireStepUp(accountId, why);
  });
}

/** Throttling is the gateway's alone: it is done when the list says so. */
async function throttle(context: ResponderContext, record: ActionRecord): Promise<void> {
  const next = entering(record, 'read_back', {}, context.clock.nowMs());
  await save(context, next);
  const inForce = context.restrictions.get(record.plan.accountId)?.restriction;
  if (inForce === 'throttle' || inForce === 'suspended') return finish(context, next);
  await lack(context, next, 'restrict', 'no restriction in force');
}

/** Said of an action whose keeper, or one of them, cannot be asked what became of it. */
const ACKNOWLEDGED = 'acknowledged by the receiver, which cannot be read back';

/** Said where the gateway was asked, too. */
const REFUSED = 'the gateway refuses an old token';

async function finish(context: ResponderContext, record: ActionRecord, detail = ''): Promise<void> {
  const nowMs = context.clock.nowMs();
  const next = { ...verified(record, nowMs), detail };
  const done = await context.store.commit({
    changes: [next],
    audit: [
      {
        atMs: nowMs,
        actor: MACHINE,
        verb: 'action.verified',
        subject: next.plan.id,
        detail: detail ? `${next.plan.rung}: ${detail}` : next.plan.rung,
      },
    ],
    outbox: [context.outbound.action(next)],
  });
  if (!done) throw new Overtaken();
}

/** From the record as the store has it to `verified`, or to a failure that is written down. */
async function work(
  context: ResponderContext,
  found: ActionRecord,
  spans: SpanPlace,
  hurry: AbortSignal,
): Promise<void> {
  const { store, connector, clock, restrictions } = context;
  const { accountId, rung } = found.plan;
  // A look changes nothing: it need not wait until the restriction is written down.
  const looking = rung === 'throttle' ? undefined : safely(() => connector.read(accountId));
  let record = found;
  if (found.state === 'planned') record = await restrict(context, found);
  else {
    // Whoever made the record restricted may have died before it told the gateway.
    const restriction = await store.restriction(accountId);
    if (restriction) restrictions.put(restriction);
  }
  context.flushSoon();
  if (!looking) return throttle(context, record);

  const before = await looking;
  if (before.outcome !== 'done') return fail(context, record, before);
  const { enabled, stepUpRequired } = before.value;
  const earlier: EarlierAccount = record.earlier || { enabled, stepUpRequired };
  for (const step of callsFor(record, before.value)) {
    record = entering(record, step, { earlier }, clock.nowMs());
    await save(context, record);
    const outcome = await call(context, record, step, hurry);
    if (outcome.outcome === 'done') continue;
    // Where one of several keepers cannot be reached, sessions at the others do not live on until it can.
    if ('partial' in outcome && step === 'block') await call(context, record, 'end_sessions', hurry);
    return fail(context, record, outcome);
  }
  record = entering(record, 'read_back', { earlier }, clock.nowMs());
  await save(context, record);
  await inSpan(spans, 'responder.verify', { rung }, () => readBack(context, record));
}

/** Looks whether what was done is so, at the keeper and, where it can be asked, at the gateway. */
async function readBack(context: ResponderContext, record: ActionRecord): Promise<void> {
  const { accountId, rung } = record.plan;
  const after = await safely(() => context.connector.read(accountId));
  if (after.outcome !== 'done') return fail(context, record, after);
  const [left] = isReadable(after.value) ? missing(record, after.value) : [];
  if (left) return lack(context, record, left.step, left.what);
  const word = (after.value.readable ?? 'yes') === 'yes' ? '' : ACKNOWLEDGED;
  if (!context.probe) return finish(context, record, word);
  const probed = await context.probe.ask(accountId);
  // A suspension that another incident brought refuses what this step-up would only have asked a second factor for.
  const refuses = probed.answer === 'suspended' || (rung === 'step_up' && probed.answer === 'step_up');
  if (refuses) return finish(context, record, word ? `${word}; ${REFUSED}` : REFUSED);
  const detail = probed.answer === 'unknown' ? `cannot be asked (${probed.detail})` : `answers ${probed.answer}`;
  return lack(context, record, 'read_back', `the gateway ${detail} to a request with an old token`);
}

/** States that {@link act} works on. */
const WORKED_ON: ReadonlySet<string> = new Set(['planned', 'requested', 'unknown', 'applied', 'failed']);

/**
 * Works on an action as far as it gets. Nothing happens where it is finished. Throws only what the store throws.
 * @param hurry aborted where a graver action waits for this account
 */
export async function act(
  context: ResponderContext,
  record: ActionRecord,
  spans: SpanPlace,
  hurry: AbortSignal,
): Promise<void> {
  if (WORKED_ON.has(record.state)) await work(context, record, spans, hurry);
}
