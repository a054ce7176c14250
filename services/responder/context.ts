import type { Tracer } from '@opentelemetry/api';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { AccountConnector, CallOutcome } from '#libs/ports/accounts.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { GatewayProbe } from '#libs/ports/gateway-probe.ts';
import type { RestrictionList } from '#libs/ports/restrictions.ts';
import type { OutboundRecord, ResponseStore } from '#libs/ports/store.ts';
import type { Outbound } from './outbound.ts';

/** How many accounts each profession has in each department, where a directory can say. */
export interface GroupSize {
  readonly profession: string;
  readonly department: string;
  readonly accounts: number;
}

/** What a responder is made of. */
export interface ResponderParts {
  readonly store: ResponseStore;
  readonly connector: AccountConnector;
  readonly restrictions: RestrictionList;
  /** Asked before a stop counts as verified. Absent: what the keeper shows is all there is. */
  readonly probe?: GatewayProbe;
  readonly policy: ResponsePolicy;
  readonly clock: Clock;
  /** Writes one record to its topic; it may be given the same record again after a crash. */
  readonly publish: (record: OutboundRecord) => Promise<void>;
  /** Vigie's version, for the records it writes. */
  readonly productVersion?: string;
  /** Language of messages in the records it writes. */
  readonly language?: 'en' | 'fr';
  readonly groupSizes?: Iterable<GroupSize>;
  /**
   * No other responder works on this store, so that at `resume` every unfinished action is this one's to go on with at
   * once. With several, one that is being worked on is left alone until its lease is over. Default true.
   */
  readonly soleOwner?: boolean;
  /**
   * Told what went wrong in work nobody waits for (a store that cannot be written): what it concerns stays in the store
   * and falls due again. Without it, `idle` throws the first such error.
   */
  readonly onError?: (error: unknown) => void;
  /** Traces of what is done; none where not given. */
  readonly tracer?: Tracer;
}

/** The parts as the responder's modules share them. */
export interface ResponderContext {
  readonly store: ResponseStore;
  readonly connector: AccountConnector;
  readonly restrictions: RestrictionList;
  readonly probe: GatewayProbe | undefined;
  readonly clock: Clock;
  readonly outbound: Outbound;
  readonly groupSizes: readonly GroupSize[];
  policy: ResponsePolicy;
  /** Publishes what the store still holds for its topics, without anybody waiting for it. */
  flushSoon(): void;
}

/** The actor of what the machine does by itself. */
export const MACHINE = 'vigie';

/** Somebody else changed the record first: it is theirs now. What is left to do falls due again. */
export class Overtaken extends Error {}

/** A connector that throws, against its port's promise, leaves us not knowing: the account is read before anything else. */
export async function safely<T>(call: () => Promise<CallOutcome<T>>): Promise<CallOutcome<T>> {
  try {
    return await call();
  } catch (error) {
    return { outcome: 'unknown', detail: `the connector threw ${error instanceof Error ? error.name : typeof error}` };
  }
}
