import type { SecurityRecord } from '#libs/formats/siem/index.ts';
import { securityRecord } from '#libs/formats/siem/index.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { EventLog, LogRecord } from '#libs/ports/event-log.ts';
import { OffsetGoneError } from '#libs/ports/event-log.ts';
import type { NotificationSink } from '#libs/ports/notifications.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { deliver, waitMs } from './deliver.ts';
import { whileLeased } from './lease.ts';
import type { Rendering } from './render.ts';
import { render } from './render.ts';

/** One place that notifications go to, and which of them. */
export interface Route {
  /** Unique: how far it has got is kept under this name. */
  readonly name: string;
  readonly sink: NotificationSink;
  readonly rendering: Rendering;
  readonly kinds: ReadonlySet<SecurityRecord['kind']>;
  /** OCSF severity_id from which alerts and notices are sent; actions are always of the lowest. */
  readonly fromSeverity: number;
}

/** What the notifier says of its work. */
export interface NotifierEvents {
  delivered(route: string): void;
  refused(route: string, id: string, detail: string): void;
  failed(route: string, detail: string, failures: number): void;
  rejected(topic: string, partition: number, offset: number, reason: string): void;
  /** Records that retention had dropped before they were sent. */
  lost(route: string, topic: string, count: number): void;
  readingFailed(route: string, topic: string, error: unknown): void;
  /** It could not be found out who is at work. */
  leaseFailed(error: unknown): void;
}

export interface NotifierParts {
  readonly log: EventLog;
  /** `vigie.alerts` and `vigie.actions`. */
  readonly topics: readonly string[];
  /** Where positions are kept, and who is at work: how far each route has got survives the process. */
  readonly positions: Pick<ResponseStore, 'position' | 'commit' | 'caseDocument'>;
  /** This process, different from every other one that ever was. */
  readonly instance: string;
  readonly clock: Clock;
  readonly routes: readonly Route[];
  readonly events: NotifierEvents;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Notifier {
  stop(): Promise<void>;
}

/**
 * Sends what the topics hold to every route, each on its own: a receiver that is down holds up nobody but itself, and never
 * the stop of an account, which has gone before. A message is sent until its receiver has it, at least once and in its
 * partition's order; a new route begins with what comes from now on.
 *
 * Several processes that keep their positions in one store take turns: one sends, the others wait for it to end. What was
 * being delivered when it died is delivered again, under the same id.
 */
export function startNotifier(parts: NotifierParts): Notifier {
  const stopping = new AbortController();
  const { positions: store, instance: holder, clock, sleep, events } = parts;
  const lease = { store, name: 'notify', holder, clock, sleep, onError: (error: unknown) => events.leaseFailed(error) };
  const working = whileLeased(lease, stopping.signal, async (signal, isHeld) => {
    const turn: Turn = { signal, isHeld };
    await Promise.all(parts.routes.flatMap((route) => parts.topics.map((topic) => readOn(parts, route, topic, turn))));
  });
  return {
    async stop() {
      stopping.abort();
      await working;
      for (const { sink } of parts.routes) await sink.close();
    },
  };
}

/** As long as this process is the one at work. */
interface Turn {
  readonly signal: AbortSignal;
  readonly isHeld: () => boolean;
}

/** Reads again and again, whatever goes wrong, until it is told to stop. */
async function readOn(parts: NotifierParts, route: Route, topic: string, turn: Turn): Promise<void> {
  const { signal } = turn;
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await readTopic(parts, route, topic, turn);
    } catch (error) {
      if (signal.aborted) return;
      parts.events.readingFailed(route.name, topic, error);
      await parts.sleep(waitMs(failures), signal);
    }
  }
}

/** Where each partition is to be read from: where the route has got to, and the end for a new one. */
async function startingPoints(parts: NotifierParts, route: Route, topic: string): Promise<Map<number, number>> {
  const { log, positions, events } = parts;
  const key = positionKey(route, topic);
  const from = new Map<number, number>();
  for (const { partition, first, end } of await log.bounds(topic)) {
    const kept = await positions.position(key, partition);
    // Written at once: what comes between now and the first delivery is already this route's.
    if (kept === undefined) await positions.commit({ positions: [{ topic: key, partition, next: end }] });
    else if (kept < first) events.lost(route.name, topic, first - kept);
    from.set(partition, Math.max(kept ?? end, first));
  }
  return from;
}

const positionKey = (route: Route, topic: string): string => `notify:${route.name}:${topic}`;

async function readTopic(parts: NotifierParts, route: Route, topic: string, turn: Turn): Promise<void> {
  const { log, positions } = parts;
  const { signal } = turn;
  const key = positionKey(route, topic);
  const reached = await startingPoints(parts, route, topic);
  try {
    for await (const { partition, records, next } of log.read({ topic, from: reached, follow: true, signal })) {
      for (const record of records) {
        // A reader that lost its connection may give some again.
        if (record.offset < reached.get(partition)!) continue;
        if (!(await send(parts, route, topic, partition, record, turn))) return;
        reached.set(partition, record.offset + 1);
        await positions.commit({ positions: [{ topic: key, partition, next: record.offset + 1 }] });
      }
      if (next > reached.get(partition)!) {
        reached.set(partition, next);
        await positions.commit({ positions: [{ topic: key, partition, next }] });
      }
    }
  } catch (error) {
    // Dropped while this route waited for its receiver: the next round starts at the oldest, and says what is missing.
    if (!(error instanceof OffsetGoneError)) throw error;
  }
}

/** False where it was told to stop before the receiver had it. */
async function send(
  parts: NotifierParts,
  route: Route,
  topic: string,
  partition: number,
  { offset, value }: LogRecord,
  { signal, isHeld }: Turn,
): Promise<boolean> {
  const { events, sleep } = parts;
  const text = Buffer.from(value ?? []).toString('utf8');
  const read = securityRecord(text);
  if (!read.ok) {
    events.rejected(topic, partition, offset, read.error);
    return true;
  }
  const record = read.value;
  if (!route.kinds.has(record.kind)) return true;
  if (record.kind !== 'action' && record.severity < route.fromSeverity) return true;
  // A process that was asleep may find its turn over.
  if (!isHeld()) return false;
  const onFailure = (detail: string, failures: number) => events.failed(route.name, detail, failures);
  const delivery = await deliver(route.sink, render(record, text, route.rendering), { signal, sleep, onFailure });
  if (delivery.outcome === 'aborted') return false;
  if (delivery.outcome === 'refused') events.refused(route.name, record.id, delivery.detail);
  else events.delivered(route.name);
  return true;
}
