import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { ConsumeRequest, Consuming, LogRecord } from '#libs/ports/event-log.ts';
import { OffsetGoneError } from '#libs/ports/event-log.ts';
import { PATIENT } from './connection.ts';
import { toRecord } from './records.ts';
import type { KafkaTopics } from './topics.ts';

/** How soon a dead member's partitions are given to others; the broker's lower limit is 6 s unless it is told otherwise. */
const SESSION_MS = 6000;
const HEARTBEAT_MS = 1000;
const WAIT_MS = 100;
const MAX_BYTES_PER_PARTITION = 1024 * 1024;
const CONCURRENT_PARTITIONS = 16;
const DEFAULT_BATCH_RECORDS = 5000;

/** A partition this member holds. Jobs on it (load, batch, give up) are done one after the other. */
interface Held {
  /** Offset of the next record wanted; undefined until the holder has said where to start. */
  next: number | undefined;
  jobs: Promise<void>;
  revoked: boolean;
}

/** A member of a Kafka consumer group, under the contract of {@link ConsumeRequest}. */
export async function joinKafkaGroup(kafka: Kafka, topics: KafkaTopics, request: ConsumeRequest): Promise<Consuming> {
  await topics.mustExist([request.topic]);
  const member = new GroupMember(kafka, topics, request);
  await member.start();
  return member;
}

class GroupMember implements Consuming {
  readonly #consumer: Consumer;
  readonly #topics: KafkaTopics;
  readonly #request: ConsumeRequest;
  readonly #held = new Map<number, Held>();
  #stopping = false;
  #failed = false;

  constructor(kafka: Kafka, topics: KafkaTopics, request: ConsumeRequest) {
    this.#topics = topics;
    this.#request = request;
    this.#consumer = kafka.consumer({
      groupId: request.group,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: 30_000,
      maxWaitTimeInMs: WAIT_MS,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      readUncommitted: false,
      partitionAssigners: [kafkajs.PartitionAssigners.roundRobin],
      allowAutoTopicCreation: false,
      retry: PATIENT,
    });
  }

  async start(): Promise<void> {
    const consumer = this.#consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#assigned(payload.memberAssignment[this.#request.topic] ?? []);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.#fail(payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topic: this.#request.topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  async commit(partition: number, offset: number): Promise<void> {
    if (!this.#held.has(partition) || this.#stopping) return;
    await this.#consumer.commitOffsets([{ topic: this.#request.topic, partition, offset: String(offset) }]);
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    // Given up before the group is left: whoever takes over then finds everything written.
    await Promise.all([...this.#held.keys()].map((partition) => this.#giveUp(partition)));
    await this.#consumer.disconnect();
  }

  /** Called before anything of the new generation is fetched, in the same turn: what is paused here brings no stale batch. */
  #assigned(partitions: readonly number[]): void {
    const { topic } = this.#request;
    this.#consumer.pause([{ topic, partitions: [...partitions] }]);
    const now = new Set(partitions);
    for (const partition of this.#held.keys()) if (!now.has(partition)) this.#background(this.#giveUp(partition));
    for (const partition of partitions) {
      let held = this.#held.get(partition);
      if (held === undefined || held.revoked) {
        held = { next: undefined, jobs: held?.jobs ?? Promise.resolve(), revoked: false };
        this.#held.set(partition, held);
      }
      this.#background(this.#resume(partition, held));
    }
  }

  /** Starts a new partition, or goes on with one that was kept over a rebalance: the client forgets positions at each. */
  async #resume(partition: number, held: Held): Promise<void> {
    await this.#job(held, async () => {
      held.next ??= await this.#request.handler.assigned(partition);
    });
    if (held.revoked || held.next === undefined || this.#stopping) return;
    const { topic } = this.#request;
    this.#consumer.seek({ topic, partition, offset: String(held.next) });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
  }

  async #giveUp(partition: number): Promise<void> {
    const held = this.#held.get(partition);
    if (held === undefined || held.revoked) return;
    held.revoked = true;
    await this.#job(held, async () => {
      if (held.next !== undefined) await this.#request.handler.revoked(partition);
    });
    if (this.#held.get(partition) === held) this.#held.delete(partition);
  }

  async #eachBatch({ batch, heartbeat, resolveOffset }: EachBatchPayload): Promise<void> {
    const { topic, maxRecords = DEFAULT_BATCH_RECORDS } = this.#request;
    const { partition } = batch;
    const held = this.#held.get(partition);
    if (held === undefined || this.#failed) return;
    await this.#job(held, async () => {
      const from = held.next;
      if (held.revoked || from === undefined || batch.messages.length === 0) return;
      const first = Number(batch.messages[0]!.offset);
      if (first > from) await this.#nothingIsLost(partition, from);
      const after = Number(batch.lastOffset()) + 1;
      if (after <= from) return;
      const records: LogRecord[] = [];
      for (const message of batch.messages) records.push(toRecord(message));
      const fresh = first >= from ? records : records.filter((record) => record.offset >= from);
      const end = Number(batch.highWatermark);
      for (let at = 0; at < fresh.length && !held.revoked; at += maxRecords) {
        const some = at === 0 && fresh.length <= maxRecords ? fresh : fresh.slice(at, at + maxRecords);
        const last = some.at(-1)!.offset;
        const next = at + maxRecords < fresh.length ? last + 1 : after;
        await this.#request.handler.batch({ topic, partition, records: some, next, end });
        held.next = next;
        resolveOffset(String(next === after ? batch.messages.at(-1)!.offset : last));
        await heartbeat();
      }
    });
  }

  /**
   * Records may be missing between the offset wanted and the one that came because they were marks of transactions, or because
   * retention has taken them: then the client jumps ahead without a word, and this says so.
   */
  async #nothingIsLost(partition: number, wanted: number): Promise<void> {
    const bounds = (await this.#topics.bounds(this.#request.topic)).find((b) => b.partition === partition)!;
    if (bounds.first > wanted) throw new OffsetGoneError(this.#request.topic, partition, wanted, bounds.first);
  }

  /** Does a job on a partition after those before it. A failure ends the member; a rebalance is the client's to handle. */
  #job(held: Held, work: () => Promise<void>): Promise<void> {
    const turn = held.jobs.then(work).catch((error: unknown) => {
      if (error instanceof kafkajs.KafkaJSError) throw error;
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    held.jobs = turn.catch(() => {});
    return turn;
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
  }

  #fail(error: Error): void {
    if (this.#failed || this.#stopping) return;
    this.#failed = true;
    this.#request.handler.failed(error);
  }
}
