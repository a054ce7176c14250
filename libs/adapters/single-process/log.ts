import { assert } from '#libs/base/assert.ts';
import type {
  ConsumeRequest,
  Consuming,
  EventLog,
  LogBatch,
  NewRecord,
  PartitionBounds,
  ReadRequest,
  TopicSpec,
  TransactionalAppender,
} from '#libs/ports/event-log.ts';
import { FencedError, OffsetGoneError, TopicMissingError } from '#libs/ports/event-log.ts';
import { targetPartition } from '#libs/ports/partition-of.ts';
import { isTopicName } from '#libs/ports/topic-name.ts';
import { Appended } from './appended.ts';
import { Group } from './group.ts';
import type { LogStorage, PlacedRecord } from './storage.ts';

const DEFAULT_BATCH_RECORDS = 1000;

/** An event log kept by one process, over a storage. Appends are done one after the other, in the order they were asked. */
export class SingleProcessLog implements EventLog {
  readonly #storage: LogStorage;
  readonly #nowMs: () => number;
  readonly #appended = new Appended();
  readonly #groups = new Map<string, Group>();
  /** Transactional id -> number of its newest holder. */
  readonly #holders = new Map<string, number>();
  #closing = false;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(storage: LogStorage, nowMs: () => number) {
    this.#storage = storage;
    this.#nowMs = nowMs;
  }

  createTopics(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const created: string[] = [];
      for (const spec of specs) {
        assert(isTopicName(spec.name), `"${spec.name}" is no name for a topic`);
        assert(Number.isSafeInteger(spec.partitions) && spec.partitions > 0, `topic ${spec.name} needs partitions`);
        if (this.#storage.topics().has(spec.name)) continue;
        await this.#storage.create(spec);
        created.push(spec.name);
      }
      return created;
    });
  }

  async partitionCounts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const topics = this.#storage.topics();
    return new Map(names.filter((n) => topics.has(n)).map((n) => [n, topics.get(n)!]));
  }

  async bounds(topic: string): Promise<readonly PartitionBounds[]> {
    const count = this.#partitions(topic);
    return Array.from({ length: count }, (_, partition) => ({ partition, ...this.#storage.bounds(topic, partition) }));
  }

  async *read(request: ReadRequest): AsyncIterable<LogBatch> {
    const { topic, follow = false, maxRecords = DEFAULT_BATCH_RECORDS } = request;
    const ended = () => this.#closing || request.signal?.aborted === true;
    const next = new Map(request.from);
    const until = new Map<number, number>();
    for (const partition of next.keys()) {
      const end = request.until?.get(partition);
      until.set(partition, end ?? (follow ? Number.POSITIVE_INFINITY : this.#boundsOf(topic, partition).end));
    }
    while (!ended()) {
      let gave = false;
      const seen = this.#appended.count;
      for (const [partition, from] of next) {
        const left = until.get(partition)! - from;
        if (left <= 0) next.delete(partition);
        else {
          const batch = await this.#fetch(topic, partition, from, Math.min(maxRecords, left));
          next.set(partition, batch.next);
          if (batch.records.length > 0) {
            gave = true;
            yield batch;
          }
        }
        if (ended()) return;
      }
      if (next.size === 0) return;
      if (!gave) await this.#appended.after(seen, request.signal);
    }
  }

  append(records: readonly NewRecord[]): Promise<void> {
    return this.#inTurn(() => this.#write(records));
  }

  async openTransactional(transactionalId: string): Promise<TransactionalAppender> {
    // Taken in turn, so that a write the older holder has begun is finished, not overtaken.
    const holder = await this.#inTurn(async () => {
      const number = (this.#holders.get(transactionalId) ?? 0) + 1;
      this.#holders.set(transactionalId, number);
      return number;
    });
    return {
      append: (records) =>
        this.#inTurn(async () => {
          if (this.#holders.get(transactionalId) !== holder) throw new FencedError(transactionalId);
          await this.#write(records);
        }),
      close: async () => {},
    };
  }

  async consume(request: ConsumeRequest): Promise<Consuming> {
    const { group, topic } = request;
    const partitions = this.#partitions(topic);
    const name = JSON.stringify([group, topic]);
    let members = this.#groups.get(name);
    if (members === undefined) {
      members = new Group(topic, partitions, (t, p, from, max, signal) => this.#nextBatch(t, p, from, max, signal));
      this.#groups.set(name, members);
    }
    return members.join(request);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#appended.announce();
    await this.#writing;
    await this.#storage.close();
  }

  async #nextBatch(topic: string, partition: number, from: number, max: number, stop: AbortSignal) {
    while (!stop.aborted && !this.#closing) {
      const seen = this.#appended.count;
      const batch = await this.#fetch(topic, partition, from, max);
      if (batch.records.length > 0) return batch;
      await this.#appended.after(seen, stop);
    }
    return undefined;
  }

  async #fetch(topic: string, partition: number, from: number, max: number): Promise<LogBatch> {
    const { first, end } = this.#boundsOf(topic, partition);
    if (from < first) throw new OffsetGoneError(topic, partition, from, first);
    if (from >= end) return { topic, partition, records: [], next: from, end };
    return this.#storage.fetch(topic, partition, from, max);
  }

  #partitions(topic: string): number {
    const count = this.#storage.topics().get(topic);
    if (count === undefined) throw new TopicMissingError(topic);
    return count;
  }

  #boundsOf(topic: string, partition: number) {
    assert(partition < this.#partitions(topic), `${topic} has no partition ${partition}`);
    return this.#storage.bounds(topic, partition);
  }

  async #write(records: readonly NewRecord[]): Promise<void> {
    assert(!this.#closing, 'append to a log that was closed');
    if (records.length === 0) return;
    const nowMs = this.#nowMs();
    const placed: PlacedRecord[] = records.map((record) => ({
      record,
      partition: targetPartition(record, this.#partitions(record.topic)),
      arrivalMs: record.timeMs ?? nowMs,
    }));
    await this.#storage.write(placed);
    this.#appended.announce();
  }

  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(job);
    this.#writing = turn.catch(() => {});
    return turn;
  }
}
