import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { alertOfFinding, campaignOfFinding } from '#libs/formats/ocsf/index.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { Consuming, EventLog, LogRecord } from '#libs/ports/event-log.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import type { AlertRejection } from './dead-letter.ts';
import { alertDeadLetter } from './dead-letter.ts';
import type { Responder } from './responder.ts';

export interface AlertReaderParts {
  readonly log: EventLog;
  readonly store: ResponseStore;
  readonly responder: Responder;
  /** `vigie.alerts`. */
  readonly topic: string;
  readonly group: string;
  /** `vigie.dead-letter`: a record that is no alert is named there before the position moves past it. */
  readonly deadLetter: string;
  /** Told of a record that is no alert, and of what retention dropped unread; reading goes on. */
  readonly onRejection: (rejection: AlertRejection) => void;
  /** Told each time reading has broken off (a store that is down, a broker that is away); it is begun again. */
  readonly onFailure: (error: Error) => void;
  /** Resolves after so many ms, or as soon as `signal` is aborted; a test may pass its own. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface AlertReading {
  stop(): Promise<void>;
}

function rejectionOf(
  topic: string,
  partition: number,
  { offset, arrivalMs, value }: LogRecord,
  reason: string,
): AlertRejection {
  const bytes = value ?? new Uint8Array();
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { topic, partition, offset, arrivalMs, reason, bytes: bytes.length, digest };
}

/**
 * Of the alerts of one batch, those that have to be looked at: a thief who goes on makes a revision with every request, and
 * one that is followed in the same batch by a later one of the same incident, rung, severity and status says nothing of its
 * own. Under a backlog this keeps the work in step with the incidents, not with the requests.
 */
export function lastOfEach(alerts: readonly Alert[]): ReadonlySet<Alert> {
  const last = new Map<string, Alert>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.id, alert.rung, alert.severity, alert.status]);
    const before = last.get(key);
    if (!before || before.revision <= alert.revision) last.set(key, alert);
  }
  return new Set(last.values());
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** A member of the group, until it breaks off or is stopped. */
interface Member {
  readonly consuming: Consuming;
  /** Resolves with what broke it off. */
  readonly brokeOff: Promise<Error>;
  /** Whether it has taken in a batch. */
  hasRead(): boolean;
}

/** The same promise, which may be rejected before anybody waits for it. */
function settledLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Joins the group and gives what it reads to the responder. */
async function join(parts: AlertReaderParts): Promise<Member> {
  const { log, store, responder, topic, group } = parts;
  const broken = Promise.withResolvers<Error>();
  let hasRead = false;
  let consuming: Consuming | undefined;
  consuming = await log.consume({
    group,
    topic,
    handler: {
      async assigned(partition) {
        const kept = await store.position(topic, partition);
        const bounds = (await log.bounds(topic)).find((b) => b.partition === partition);
        const first = bounds?.first ?? 0;
        if (kept !== undefined && kept < first) {
          const reason = `${first - kept} records were dropped by retention before they were read`;
          parts.onRejection({ topic, partition, offset: kept, arrivalMs: 0, reason, bytes: 0, digest: '' });
        }
        return Math.max(kept ?? first, first);
      },
      async batch({ partition, records, next }) {
        const read = records.map((record) => {
          const text = Buffer.from(record.value ?? []).toString('utf8');
          return { record, text, found: alertOfFinding(text) };
        });
        const last = lastOfEach(read.flatMap(({ found }) => (found.ok && found.value ? [found.value] : [])));
        // Side by side: one whose keeper is slow to say something keeps no other from being planned.
        const planned: Promise<unknown>[] = [];
        for (const { record, text, found } of read) {
          if (!found.ok) {
            const rejection = rejectionOf(topic, partition, record, found.error);
            await log.append([alertDeadLetter(parts.deadLetter, rejection)]);
            parts.onRejection(rejection);
          } else if (found.value) {
            if (last.has(found.value)) planned.push(settledLater(responder.onAlert(found.value)));
          } else {
            const campaign = campaignOfFinding(text);
            if (campaign) await responder.onCampaign(campaign);
          }
        }
        await Promise.all(planned);
        await store.commit({ positions: [{ topic, partition, next }] });
        hasRead = true;
        await consuming?.commit(partition, next);
      },
      async revoked() {},
      failed: broken.resolve,
    },
  });
  return { consuming, brokeOff: broken.promise, hasRead: () => hasRead };
}

/**
 * Gives every alert of the topic to the responder, from where the store says that it had got to: the position moves on
 * only when the plans of a batch are durable, so a crash gives some of them twice and loses none.
 *
 * Where the store or the log is away, reading breaks off and is begun again, for as long as it takes: the process lives on,
 * because the portal's gate asks it who is restricted.
 *
 * @throws where reading cannot be begun the first time
 */
export async function readAlerts(parts: AlertReaderParts): Promise<AlertReading> {
  const { sleep = (ms, signal) => after(ms, undefined, { signal }).catch(() => {}) } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));

  async function readOn(first: Member): Promise<void> {
    let member: Member | undefined = first;
    for (let failures = 1; ; failures += 1) {
      const error: Error | undefined = member && (await Promise.race([member.brokeOff, stopped]));
      if (member?.hasRead()) failures = 1;
      await member?.consuming.stop().catch(parts.onFailure);
      member = undefined;
      if (error) parts.onFailure(error);
      if (!signal.aborted) await sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)), signal);
      if (signal.aborted) return;
      try {
        member = await join(parts);
      } catch (failure) {
        parts.onFailure(failure instanceof Error ? failure : new Error(String(failure)));
      }
    }
  }

  const reading = readOn(await join(parts));
  return {
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}
