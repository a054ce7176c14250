/** What a responder did, counted where it becomes durable, and its open breakers. No account is in any of it. */
import type { Meter } from '@opentelemetry/api';
import type { ActionRecord } from '#libs/model/action-record.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { ResponseStore, StoreCommit } from '#libs/ports/store.ts';
import { restoreResponseState } from '#libs/respond/index.ts';

/**
 * The store, with every commit that succeeds counted. Whatever way an action takes through the responder, it is written
 * here or it has not happened.
 */
export function countedStore<T extends ResponseStore>(store: T, meter: Meter): T {
  const actions = meter.createCounter('vigie_actions_total', {
    description: 'what came of actions, by rung and result; an action passes through several results',
  });
  const duration = meter.createHistogram('vigie_action_duration_ms', {
    description: 'from an action’s plan until it was read back and right, by rung',
    unit: 'ms',
  });
  const planned = meter.createCounter('vigie_alerts_planned_total', {
    description: 'alert revisions that planning took in, by kind',
  });
  const counted = async (change: StoreCommit): Promise<boolean> => {
    const done = await store.commit(change);
    if (!done) return false;
    if (change.alert) planned.add(1, { kind: change.alert.kind });
    for (const record of change.actions ?? []) actions.add(1, { rung: record.plan.rung, result: record.state });
    for (const record of change.changes ?? []) {
      const result = resultOf(record);
      if (result === undefined) continue;
      actions.add(1, { rung: record.plan.rung, result });
      if (result === 'verified') duration.record(record.verifiedMs - record.createdMs, { rung: record.plan.rung });
    }
    return true;
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'commit') return counted;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What a changed record says has come of its action; undefined where it is only on its way. */
function resultOf({ state, undo, attempts }: ActionRecord): string | undefined {
  if (state === 'requested' || state === 'applied') return undefined;
  if (state !== 'reverted') return state;
  if (undo === 'done') return 'undone';
  return attempts > 0 ? 'undo_failed' : 'reverted';
}

const RUNGS: readonly RestrictingRung[] = ['step_up', 'throttle', 'suspend'];

/**
 * Open breakers by rung, and by whether they stand over the whole rung or over one profession in one department; asked of the
 * store when somebody looks, because several responders share it.
 */
export function observeBreakers(
  store: Pick<ResponseStore, 'readPlanning'>,
  meter: Meter,
  policy: ResponsePolicy,
): void {
  meter
    .createObservableGauge('vigie_breakers_open', { description: 'open breakers, by rung and reach' })
    .addCallback(async (result) => {
      const open = new Map<string, number>();
      for (const rung of RUNGS) for (const reach of ['rung', 'group']) open.set(`${rung} ${reach}`, 0);
      const { snapshot } = await store.readPlanning();
      for (const scope of snapshot ? restoreResponseState(policy, snapshot).breakers.keys() : []) {
        const [rung, group] = scope.split('/', 2);
        const key = `${rung} ${group === undefined ? 'rung' : 'group'}`;
        open.set(key, (open.get(key) ?? 0) + 1);
      }
      for (const [key, count] of open) {
        const [rung = '', reach = ''] = key.split(' ');
        result.observe(count, { rung, reach });
      }
    });
}
