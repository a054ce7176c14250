import type { PlannedAction } from '#libs/model/action.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { ResponseState } from '#libs/respond/index.ts';
import {
  createResponseState,
  isHoldersFactor,
  noteGroupSize,
  noteSecondFactor,
  plan,
  restoreResponseState,
  snapshotResponseState,
  takeNotices,
  turnsOnSecondFactor,
} from '#libs/respond/index.ts';
import type { ResponderContext } from './context.ts';
import { MACHINE, safely } from './context.ts';
import { newRecord } from './transitions.ts';

/** The planning state as the store has it, under the present policy. */
export async function readPlanningState(
  context: ResponderContext,
): Promise<{ readonly state: ResponseState; readonly version: number; readonly snapshot: string }> {
  const { version, snapshot } = await context.store.readPlanning();
  const state = snapshot ? restoreResponseState(context.policy, snapshot) : createResponseState(context.policy);
  for (const { profession, department, accounts } of context.groupSizes) {
    noteGroupSize(state, profession, department, accounts);
  }
  return { state, version, snapshot };
}

/** Asks whether there is a second factor of the holder's to demand, where that decides what is planned. No answer leaves it as known. */
async function learnSecondFactor(context: ResponderContext, state: ResponseState, alert: Alert): Promise<void> {
  if (!turnsOnSecondFactor(state, alert)) return;
  const read = await safely(() => context.connector.read(alert.account.id));
  if (read.outcome !== 'done' || read.value.secondFactor === 'unknown') return;
  const { secondFactor, secondFactorSinceMs } = read.value;
  const isThere = secondFactor === 'yes' && isHoldersFactor(secondFactorSinceMs, alert.startedMs);
  noteSecondFactor(state, alert.account.id, isThere);
}

/**
 * Plans one alert and writes the plans down, with the budgets they spend and the records that tell of them, in one
 * commit. Somebody else's commit in between is met by planning anew from their state, so budgets hold over several
 * responders. An alert seen before changes nothing.
 *
 * @returns the new plans; durable
 */
export async function planAlert(context: ResponderContext, alert: Alert): Promise<PlannedAction[]> {
  const { store, clock, outbound } = context;
  for (;;) {
    const nowMs = clock.nowMs();
    const { state, version, snapshot } = await readPlanningState(context);
    await learnSecondFactor(context, state, alert);
    const planned = plan(state, alert, nowMs);
    // What planning has forgotten after a month the store still knows.
    const plans: PlannedAction[] = [];
    for (const p of planned) if (!(await store.action(p.id))) plans.push(p);
    const known = await store.incident(alert.id);
    const isNews = (known?.revision ?? 0) < alert.revision;
    const notices = takeNotices(state);
    if (!isNews && plans.length === 0 && notices.length === 0) return [];
    const after = snapshotResponseState(state);
    const records = plans.map((p) => newRecord(p, nowMs));
    const done = await store.commit({
      ...(after === snapshot ? {} : { planning: { readVersion: version, snapshot: after } }),
      alert,
      actions: records,
      audit: [
        ...plans.map((p) => ({
          atMs: nowMs,
          actor: MACHINE,
          verb: 'action.planned',
          subject: p.id,
          detail: `${p.rung} ${p.decision}: ${p.reason}`,
        })),
        ...notices.map((n) => ({ atMs: nowMs, actor: MACHINE, verb: n.notice, subject: n.subject, detail: n.message })),
      ],
      // A plan to act says so when it is requested; the others would never be heard of.
      outbox: [...records.filter((r) => r.state !== 'planned').map(outbound.action), ...notices.map(outbound.notice)],
    });
    if (done) return plans;
  }
}
