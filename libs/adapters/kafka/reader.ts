import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import type { LogBatch, ReadRequest } from '#libs/ports/event-log.ts';
import { OffsetGoneError } from '#libs/ports/event-log.ts';
import { BRISK } from './connection.ts';
import { recordsFrom } from './records.ts';
import { settledOrAfter } from './settled-or-after.ts';
import type { KafkaTopics } from './topics.ts';

const WAIT_MS = 100;
/**
 * After a broker's restart the client comes back as another member, and the group waits so long for the one it was: all that
 * time nothing is read. The broker's lower limit is 6 s unless it is told otherwise.
 */
const SESSION_MS = 6000;
const HEARTBEAT_MS = 1000;
const REBALANCE_MS = 10_000;
const DEFAULT_BATCH_RECORDS = 5000;
/** Batches read ahead of whoever takes them. */
const READ_AHEAD = 4;

/**
 * Reads partitions from offsets, as a member of a group of its own that commits nothing and is deleted afterwards (the client
 * has no way to read without a group). Only committed records are given.
 */
export async function* readKafka(
  kafka: Kafka,
  admin: Admin,
  topics: KafkaTopics,
  request: ReadRequest,
): AsyncGenerator<LogBatch> {
  const { topic, follow = false, maxRecords = DEFAULT_BATCH_RECORDS, signal } = request;
  const bounds = new Map((await topics.bounds(topic)).map((b) => [b.partition, b]));
  const next = new Map<number, number>();
  const until = new Map<number, number>();
  for (const [partition, from] of request.from) {
    const { first, end } = bounds.get(partition)!;
    const stop = request.until?.get(partition) ?? (follow ? Number.POSITIVE_INFINITY : end);
    if (from < first && from < stop && first < end) throw new OffsetGoneError(topic, partition, from, first);
    if (from >= stop) continue;
    next.set(partition, from);
    until.set(partition, stop);
  }
  if (next.size === 0 || signal?.aborted) return;

  const groupId = `vigie-read-${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    maxWaitTimeInMs: WAIT_MS,
    readUncommitted: false,
    retry: { ...BRISK, retries: 60 },
  });
  const queue = new Handover<LogBatch>(READ_AHEAD);
  const reached = (partition: number, offset: number) => {
    // A batch that was in hand when the group was joined again may end after those behind it.
    if (offset > next.get(partition)!) next.set(partition, offset);
    if (offset >= until.get(partition)!) {
      until.delete(partition);
      consumer.pause([{ topic, partitions: [partition] }]);
      if (until.size === 0) queue.end();
    }
  };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const wanted = new Set(until.keys());
    const others = (payload.memberAssignment[topic] ?? []).filter((partition) => !wanted.has(partition));
    if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    for (const partition of wanted) consumer.seek({ topic, partition, offset: String(next.get(partition)) });
  });
  // Also told for batches that held nothing but marks of transactions, which the client shows to nobody else.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (until.has(payload.partition)) reached(payload.partition, Number(payload.lastOffset) + 1);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) queue.fail(payload.error);
  });
  const stop = () => queue.end();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: next.size,
      eachBatch: async ({ batch, heartbeat }) => {
        const { partition } = batch;
        const stopAt = until.get(partition);
        if (stopAt === undefined) return;
        const end = Number(batch.highWatermark);
        const after = Number(batch.lastOffset()) + 1;
        const records = recordsFrom(batch.messages, next.get(partition)!).filter((r) => r.offset < stopAt);
        for (let at = 0; at < records.length; at += maxRecords) {
          const portion = records.slice(at, at + maxRecords);
          const nextOffset = at + maxRecords < records.length ? portion.at(-1)!.offset + 1 : Math.min(after, stopAt);
          // Where the group was joined again meanwhile, the same records are fetched again beside this.
          const from = next.get(partition)!;
          const some = portion.filter((r) => r.offset >= from);
          if (some.length === 0) continue;
          let isTaken = false;
          const taken = queue.give({ topic, partition, records: some, next: nextOffset, end }).finally(() => {
            isTaken = true;
          });
          // Given is given: the heartbeat may end this batch here, and what is fetched after it starts from there.
          reached(partition, nextOffset);
          do {
            await settledOrAfter(taken, HEARTBEAT_MS);
            await heartbeat();
          } while (!isTaken);
        }
      },
    });
    yield* queue;
  } finally {
    signal?.removeEventListener('abort', stop);
    queue.end();
    await consumer.disconnect();
    // Left over it does no harm: the broker forgets an empty group by itself after some days.
    await admin.deleteGroups([groupId]).catch(() => {});
  }
}

/** Hands values from who has them to who iterates, a few ahead. */
class Handover<T> implements AsyncIterable<T> {
  readonly #ahead: number;
  readonly #values: T[] = [];
  #ended = false;
  #error: Error | undefined;
  #wakeTaker = () => {};
  #wakeGiver = () => {};

  constructor(ahead: number) {
    this.#ahead = ahead;
  }

  /** Resolves once there is room again. */
  async give(value: T): Promise<void> {
    if (this.#ended) return;
    this.#values.push(value);
    this.#wakeTaker();
    while (this.#values.length >= this.#ahead && !this.#ended) {
      const woken = this.#wakeGiver;
      await new Promise<void>((resolve) => {
        this.#wakeGiver = () => {
          woken();
          resolve();
        };
      });
    }
  }

  /** What was given before is still taken. */
  end(): void {
    this.#ended = true;
    this.#wakeTaker();
    this.#wakeGiver();
  }

  fail(error: Error): void {
    this.#error = error;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#values.length > 0) {
        const value = this.#values.shift()!;
        const wake = this.#wakeGiver;
        this.#wakeGiver = () => {};
        wake();
        yield value;
      }
      if (this.#error) throw this.#error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve;
      });
    }
  }
}
