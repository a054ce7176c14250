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

/** What an account's keeper said about a second factor of the holder's to demand; no answer leaves it as known. */
export interface SecondFactorAnswer {
  readonly isThere: boolean | undefined;
}

/** Asks the account's keeper: outside the turn in which alerts are planned, so that a slow one keeps no other alert waiting. */
export async function askSecondFactor({ connector }: ResponderContext, alert: Alert): Promise<SecondFactorAnswer> {
  const read = await safely(() => connector.read(alert.account.id));
  if (read.outcome !== 'done' || read.value.secondFactor === 'unknown') return { isThere: undefined };
  const { secondFactor, secondFactorSinceMs } = read.value;
  return { isThere: secondFactor === 'yes' && isHoldersFactor(secondFactorSinceMs, alert.startedMs) };
}

/**
 * Plans one alert and writes the plans down, with the budgets they spend and the records that tell of them, in one
 * commit. Somebody else's commit in between is met by planning anew from their state, so budgets hold over several
 * responders. An alert seen before changes nothing.
 *
 * @param asked what {@link askSecondFactor} was told
 * @returns the new plans; durable. `undefined`: nothing is planned yet, because they turn on what nobody has asked
 */
export async function planAlert(
  context: ResponderContext,
  alert: Alert,
  asked?: SecondFactorAnswer,
): Promise<PlannedAction[] | undefined> {
  const { store, clock, outbound } = context;
  for (;;) {
    const nowMs = clock.nowMs();
    const { state, version, snapshot } = await readPlanningState(context);
    if (turnsOnSecondFactor(state, alert, nowMs)) {
      if (!asked) return undefined;
      if (asked.isThere !== undefined) noteSecondFactor(state, alert.account.id, asked.isThere);
    }
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
