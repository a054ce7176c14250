import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import { currentRestriction } from '#libs/respond/index.ts';
import type { ResponderContext } from './context.ts';

/**
 * The account's restriction as it follows from its actions once `changes` are in, or `undefined` where it stays as it is.
 */
export async function restrictionAfter(
  context: ResponderContext,
  accountId: string,
  changes: readonly ActionRecord[],
  nowMs: number,
): Promise<AccountRestriction | undefined> {
  const { store, policy } = context;
  const byId = new Map((await store.actionsOf(accountId)).map((r) => [r.plan.id, r]));
  for (const record of changes) byId.set(record.plan.id, record);
  const wanted = currentRestriction([...byId.values()]);
  const present = await store.restriction(accountId);
  const untilMs = wanted?.record.plan.untilMs ?? 0;
  const restriction = wanted?.restriction ?? 'none';
  const same = present
    ? present.restriction === restriction && (restriction === 'none' || present.untilMs === untilMs)
    : restriction === 'none';
  if (same) return undefined;
  return {
    accountId,
    restriction,
    untilMs,
    newPerHour: restriction === 'throttle' ? policy.throttleNewPerHour : 0,
    sinceMs: nowMs,
    actionId: wanted?.record.plan.id ?? '',
    seq: (present?.seq ?? 0) + 1,
  };
}
