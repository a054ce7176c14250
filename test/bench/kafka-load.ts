/** What the Kafka bench appends, and what it reads of the alerts that follow. */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';

export const PARTITIONS = 12;
const RECORDS_PER_APPEND = 5000;
const APPENDS_AHEAD = 3;
const STEP_MS = 20;
/** So long no further alert comes before the reader takes it that all are there. */
const QUIET_MS = 3000;

export interface BenchTopics extends TopicNames {
  readonly prefix: string;
  /** For checkpoints, seen by every instance. */
  readonly folder: string;
}

/** Topics of their own for a measurement, kept for ever: simulated events are older than what a log is kept for. */
export async function createBenchTopics(log: EventLog): Promise<BenchTopics> {
  const prefix = `b${randomUUID().slice(0, 8)}`;
  const topics = topicNames(prefix, `${prefix}.access`);
  await log.createTopics(topicSpecs(topics, PARTITIONS).map((spec) => ({ ...spec, retentionMs: -1 })));
  return { ...topics, prefix, folder: await mkdtemp(join(tmpdir(), 'vigie-bench-')) };
}

interface Delivery {
  readonly line: string;
  readonly accountId: string;
  readonly timeMs: number;
}

const toRecord = (topic: string, { line, accountId }: Delivery): NewRecord => ({
  topic,
  key: accountId,
  value: Buffer.from(line, 'utf8'),
});

/** Appends `most` of the deliveries as fast as it goes. */
export async function appendAll(log: EventLog, topic: string, deliveries: Iterable<Delivery>, most: number) {
  let some: NewRecord[] = [];
  let count = 0;
  const ahead: Promise<void>[] = [];
  for (const delivery of deliveries) {
    some.push(toRecord(topic, delivery));
    if (++count === most) break;
    if (some.length < RECORDS_PER_APPEND) continue;
    ahead.push(log.append(some));
    some = [];
    if (ahead.length > APPENDS_AHEAD) await ahead.shift();
  }
  await Promise.all(ahead);
  await log.append(some);
  if (count < most) throw new Error(`${count} events were made, not ${most}`);
}

export interface Paced {
  /** When each account's event was handed over, by {@link eventKey}. */
  readonly appendedMs: ReadonlyMap<string, number>;
  /** 99th percentile of the time until the broker had acknowledged an append, ms: it is part of the latencies. */
  readonly acknowledgedMs: number;
}

const eventKey = (accountId: string, timeMs: number): string => `${accountId}/${timeMs}`;

/** Appends at a steady rate. Whatever the broker takes to answer, the next step is due at its time. */
export async function appendPaced(
  log: EventLog,
  topic: string,
  deliveries: readonly Delivery[],
  rate: number,
): Promise<Paced> {
  const appendedMs = new Map<string, number>();
  const acknowledged: number[] = [];
  const step = Math.max(1, Math.round((rate * STEP_MS) / 1000));
  const begun = performance.now();
  const sent: Promise<void>[] = [];
  for (let at = 0; at < deliveries.length; at += step) {
    const wait = begun + (at / rate) * 1000 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const some = deliveries.slice(at, at + step);
    const nowMs = Date.now();
    for (const { accountId, timeMs } of some) appendedMs.set(eventKey(accountId, timeMs), nowMs);
    const append = log.append(some.map((d) => toRecord(topic, d)));
    sent.push(append.then(() => void acknowledged.push(Date.now() - nowMs)));
  }
  await Promise.all(sent);
  acknowledged.sort((a, b) => a - b);
  return { appendedMs, acknowledgedMs: acknowledged[Math.floor(acknowledged.length * 0.99)]! };
}

/** Reads alerts as they are committed and notes when. */
export class AlertReader {
  readonly #stop = new AbortController();
  readonly #seen: { readonly key: string; readonly seenMs: number }[] = [];
  #reading: Promise<void> = Promise.resolve();

  static async start(log: EventLog, topic: string): Promise<AlertReader> {
    const reader = new AlertReader();
    const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.end]));
    reader.#reading = reader.#read(log, topic, from);
    return reader;
  }

  /**
   * From append to here of the alerts that an event of the paced part has decided, ms, ascending; those decided by time alone
   * have no event. Waits until no more come.
   */
  async delays(appendedMs: ReadonlyMap<string, number>): Promise<number[]> {
    while (Date.now() - Math.max(0, ...this.#seen.slice(-1).map((s) => s.seenMs)) < QUIET_MS) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const delays = this.#seen.flatMap(({ key, seenMs }) => {
      const sentMs = appendedMs.get(key);
      return sentMs === undefined ? [] : [seenMs - sentMs];
    });
    if (delays.length === 0) throw new Error('no alert followed from what was appended');
    return delays.sort((a, b) => a - b);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #read(log: EventLog, topic: string, from: ReadonlyMap<number, number>): Promise<void> {
    for await (const batch of log.read({ topic, from, follow: true, signal: this.#stop.signal })) {
      const seenMs = Date.now();
      for (const record of batch.records) {
        const { unmapped } = JSON.parse(Buffer.from(record.value!).toString('utf8')) as AlertRecord;
        this.#seen.push({ key: eventKey(unmapped.alert.account.id, unmapped.alert.timeMs), seenMs });
      }
    }
  }
}

interface AlertRecord {
  readonly unmapped: { readonly alert: { readonly timeMs: number; readonly account: { readonly id: string } } };
}
