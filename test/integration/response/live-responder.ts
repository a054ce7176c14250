import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import type { ActionRecord } from '#libs/model/action-record.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import type { Clock } from '#libs/ports/clock.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import type { OutboundRecord, ResponseStore } from '#libs/ports/store.ts';
import { runDueLoop } from '#services/responder/due-loop.ts';
import { createResponder } from '#services/responder/responder.ts';
import { samplePolicy } from '../../support/sample-policy.ts';

/** A responder that runs as in earnest, on the machine's clock with its own rounds of what is due. */
export function liveResponder(parts: {
  readonly store: ResponseStore;
  readonly connector: AccountConnector;
  readonly policy?: Partial<ResponsePolicy>;
  readonly clock?: Clock;
  readonly everyMs?: number;
  /** Where records go, beside `published`. */
  readonly publish?: (record: OutboundRecord) => Promise<void>;
}) {
  const published: OutboundRecord[] = [];
  const errors: unknown[] = [];
  const ending = new AbortController();
  const restrictions = createRestrictionList();
  const responder = createResponder({
    store: parts.store,
    connector: parts.connector,
    restrictions,
    policy: samplePolicy(parts.policy),
    clock: parts.clock ?? SYSTEM_CLOCK,
    async publish(record) {
      published.push(record);
      await parts.publish?.(record);
    },
    onError: (error) => void errors.push(error),
  });
  const loop = runDueLoop(responder, parts.everyMs ?? 100, ending.signal, (error) => void errors.push(error));
  return {
    responder,
    restrictions,
    published,
    errors,
    /** Waits until the account's first action is in one of `states`, and gives it. Throws after a minute with where it is. */
    async until(accountId: string, ...states: ActionRecord['state'][]): Promise<ActionRecord> {
      for (const end = Date.now() + 60_000; ; ) {
        const [action] = await parts.store.actionsOf(accountId);
        if (action && states.includes(action.state)) return action;
        if (Date.now() > end) throw new Error(`${accountId} is ${action?.state ?? 'unplanned'}: ${action?.detail}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      ending.abort();
      await loop;
      await responder.idle();
    },
  };
}
