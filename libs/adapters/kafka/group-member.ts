import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { ConsumeRequest, Consuming } from '#libs/ports/event-log.ts';
import { FencedError, OffsetGoneError } from '#libs/ports/event-log.ts';
import { PATIENT } from './connection.ts';
import { mayPass } from './error-chain.ts';
import { countRecords, giveBack, recordsFrom } from './records.ts';
import { settledOrAfter } from './settled-or-after.ts';
import type { KafkaTopics } from './topics.ts';

/** How soon a dead member's partitions are given to others; the broker's lower limit is 6 s unless it is told otherwise. */
const SESSION_MS = 6000;
/** How soon a member hears that another one has left: what that one held is nobody's until then. */
const HEARTBEAT_MS = 250;
const WAIT_MS = 100;
const METADATA_MS = 15_000;
const MAX_BYTES_PER_PARTITION = 1024 * 1024;
const CONCURRENT_PARTITIONS = 16;
const DEFAULT_BATCH_RECORDS = 5000;
/**
 * The client fetches for all partitions again only when it was done with all it had fetched: one that waits for a transaction
 * would hold up the others. So what is fetched waits in a queue of its partition, and only a queue of so many holds it up.
 */
const WAITING_RECORDS = 2000;
/** For so long records are handled at a stretch before answers of brokers are looked at. */
const STRETCH_MS = 20;
const ASK_AGAIN_MS = 1000;
const LOOK_AGAIN_MS = 100;

/** A partition this member holds. Jobs on it (load, batch, give up) are done one after the other. */
interface Held {
  /** Offset of the next record wanted; undefined until the holder has said where to start. */
  next: number | undefined;
  jobs: Promise<void>;
  revoked: boolean;
  /** Records fetched and not yet handled. */
  waiting: number;
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
  #breatheAtMs = 0;

  constructor(kafka: Kafka, topics: KafkaTopics, request: ConsumeRequest) {
    this.#topics = topics;
    this.#request = request;
    this.#consumer = kafka.consumer({
      groupId: request.group,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: 30_000,
      // So soon it is noticed that the topic has more partitions: their records are read by nobody until then.
      metadataMaxAge: METADATA_MS,
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
        held = { next: undefined, jobs: held?.jobs ?? Promise.resolve(), revoked: false, waiting: 0 };
        this.#held.set(partition, held);
      }
      this.#background(this.#resume(partition, held));
    }
  }

  /** Starts a new partition, or goes on with one that was kept over a rebalance: the client forgets positions at each. */
  async #resume(partition: number, held: Held): Promise<void> {
    await this.#job(held, async () => {
      held.next ??= await this.#assign(partition, held);
    });
    if (held.revoked || held.next === undefined || this.#stopping) return;
    const { topic } = this.#request;
    this.#consumer.seek({ topic, partition, offset: String(held.next) });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
  }

  /**
   * Asks the handler where to start, again and again while a broker's fault is all that keeps it from knowing; undefined where
   * the partition goes to another member meanwhile. Who is fenced while it opens a partition waits until the group must have
   * told it, if it is another's: only what is still this member's after that is taken back.
   */
  async #assign(partition: number, held: Held): Promise<number | undefined> {
    for (;;) {
      try {
        return await this.#request.handler.assigned(partition);
      } catch (error) {
        const fenced = error instanceof FencedError;
        if (!fenced && !mayPass(error)) throw error;
        const againMs = performance.now() + (fenced ? SESSION_MS : ASK_AGAIN_MS);
        while (performance.now() < againMs) {
          if (held.revoked || this.#stopping) return undefined;
          await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
        }
      }
    }
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

  /**
   * Queues what was fetched and comes back while there is room for more. While there is none it says that this member lives:
   * however long the handler takes, the group hears of it.
   */
  async #eachBatch({ batch, heartbeat, resolveOffset }: EachBatchPayload): Promise<void> {
    const held = this.#held.get(batch.partition);
    if (held === undefined || held.revoked || this.#failed || batch.messages.length === 0) return;
    const count = countRecords(batch.messages);
    held.waiting += count;
    const done = this.#job(held, () => this.#handle(held, batch)).finally(() => {
      held.waiting -= count;
    });
    resolveOffset(batch.messages.at(-1)!.offset);
    while (held.waiting > WAITING_RECORDS && !held.revoked && !this.#failed) {
      await settledOrAfter(done, HEARTBEAT_MS);
      await heartbeat();
    }
  }

  async #handle(held: Held, batch: Batch): Promise<void> {
    const { topic, maxRecords = DEFAULT_BATCH_RECORDS, isLent = false } = this.#request;
    const { partition } = batch;
    const from = held.next;
    if (held.revoked || this.#failed || from === undefined) return;
    const after = Number(batch.lastOffset()) + 1;
    if (after <= from) return;
    const fresh = recordsFrom(batch.messages, from);
    if (fresh.length > 0 && fresh[0]!.offset > from) await this.#nothingIsLost(partition, from);
    const end = Number(batch.highWatermark);
    for (let at = 0; at < fresh.length && !held.revoked && !this.#failed; at += maxRecords) {
      await this.#breathe();
      const some = at === 0 && fresh.length <= maxRecords ? fresh : fresh.slice(at, at + maxRecords);
      const next = at + maxRecords < fresh.length ? some.at(-1)!.offset + 1 : after;
      await this.#request.handler.batch({ topic, partition, records: some, next, end });
      held.next = next;
    }
    if (isLent) giveBack(batch.messages);
  }

  /** Lets what has come from the brokers be seen to, where records have been handled for a while. */
  async #breathe(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs < this.#breatheAtMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#breatheAtMs = performance.now() + STRETCH_MS;
  }

  /**
   * Records may be missing between the offset wanted and the one that came because they were marks of transactions, or because
   * retention has taken them: then the client jumps ahead without a word, and this says so.
   */
  async #nothingIsLost(partition: number, wanted: number): Promise<void> {
    for (;;) {
      try {
        const bounds = (await this.#topics.bounds(this.#request.topic)).find((b) => b.partition === partition)!;
        if (bounds.first <= wanted) return;
        throw new OffsetGoneError(this.#request.topic, partition, wanted, bounds.first);
      } catch (error) {
        // No answer is not a no: nothing of the partition goes on before it is known.
        if (!(error instanceof kafkajs.KafkaJSError) || this.#stopping) throw error;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
    }
  }

  /** Does a job on a partition after those before it. A failure ends the member. */
  #job(held: Held, work: () => Promise<void>): Promise<void> {
    held.jobs = held.jobs
      .then(work)
      .catch((error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    return held.jobs;
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
