/**
 * The log that everything flows through, as the core needs it: topics cut in partitions, read from an offset, appended to,
 * appended to atomically under an identity that fences its predecessor, and consumed by a group that shares the partitions.
 * Apache Kafka is one; so are a folder of files and a process's memory, which pass the same contract suite.
 *
 * Offsets are counted per partition; they grow but may have holes (a log keeps control records of its own, and compaction
 * removes records), so "the next offset" is told, never computed from a record. They are numbers: 2^53 records a partition.
 */

/** Header names and values are text; values are never personal data. */
export type Headers = ReadonlyMap<string, string>;
export const NO_HEADERS: Headers = new Map();

/** One record as it was read. `value` null is a tombstone of a compacted topic. */
export interface LogRecord {
  readonly offset: number;
  /** When the log took it (ms since the epoch): the broker's time where the topic is set so, else the producer's. */
  readonly arrivalMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /**
   * Where a log has the value stand in a larger array: `bytes[valueStart, valueEnd)`, null where it ends before it starts. For
   * who reads records by the million and can do without an object for each.
   */
  readonly bytes?: Uint8Array;
  readonly valueStart?: number;
  readonly valueEnd?: number;
}

/** One record to append. It goes to `partition` where given, else where `partitionOf(key)` says; one of both is needed. */
export interface NewRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers?: Headers;
  readonly partition?: number;
  /** Time stamp of the record, ms; the time of appending where absent. */
  readonly timeMs?: number;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Only the newest record of each key is kept for ever. */
  readonly compacted: boolean;
  /** How long records are kept, ms; -1 for ever; absent: the log's own default. */
  readonly retentionMs?: number;
}

/** `first` is the oldest offset still kept, `end` the offset the next record will get (at the earliest). */
export interface PartitionBounds {
  readonly partition: number;
  readonly first: number;
  readonly end: number;
}

/** Records of one partition, in order. `next` is where reading goes on; `end` the log's end as known at that moment. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  readonly next: number;
  readonly end: number;
}

export interface ReadRequest {
  readonly topic: string;
  /** Partition -> offset of the first record wanted. Only these partitions are read. */
  readonly from: ReadonlyMap<number, number>;
  /** Partition -> offset at which to stop (exclusive). Absent: the end as it stands when the reading starts. */
  readonly until?: ReadonlyMap<number, number>;
  /** Goes on waiting for new records, until `signal` is aborted. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  /** Upper bound of records a batch; the adapter may give fewer. */
  readonly maxRecords?: number;
}

/** What a member of a group is called back with. For one partition, calls never overlap. */
export interface ConsumerHandler {
  /**
   * A partition was given to this member. Resolves to the offset to start from. May take its time: others go on. Where it
   * rejects for a fault of the log's that passes, or because another was faster ({@link FencedError}), it is asked again as
   * long as the partition is this member's; any other error ends the member.
   */
  assigned(partition: number): Promise<number>;
  /** Records of an assigned partition, from where the last batch ended. */
  batch(batch: LogBatch): Promise<void>;
  /** The partition is no longer this member's: forget it. Called once the batch in hand is done. */
  revoked(partition: number): Promise<void>;
  /** Consuming has ended by itself, for good. The member has left. */
  failed(error: Error): void;
}

export interface ConsumeRequest {
  readonly group: string;
  readonly topic: string;
  readonly handler: ConsumerHandler;
  /**
   * The handler keeps nothing of a record's bytes once `batch` has resolved: the log may read others into the same memory then.
   * False where not given.
   */
  readonly isLent?: boolean;
  /** Upper bound of records a batch; the adapter may give fewer. */
  readonly maxRecords?: number;
}

export interface Consuming {
  /** Tells the group how far this member has got for good (the offset of the next record wanted): for lag monitors. */
  commit(partition: number, offset: number): Promise<void>;
  /** Finishes the batches in hand, calls `revoked` for each partition and leaves the group. */
  stop(): Promise<void>;
}

/** Appends all or nothing, as the newest holder of a transactional id; every older holder is fenced. */
export interface TransactionalAppender {
  /**
   * Appends the records in one transaction: readers see all of them or none, from soon after it resolves. Errors:
   * {@link FencedError} when a newer holder has appeared (nothing was written, and never will be); any other error: it is
   * not known whether they were written, and whoever must know becomes the holder anew and reads what is there.
   */
  append(records: readonly NewRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface EventLog {
  /** Creates the topics that are missing; returns their names. One that exists is left as it is. */
  createTopics(specs: readonly TopicSpec[]): Promise<readonly string[]>;
  /** Number of partitions by topic, for those of `names` that exist. */
  partitionCounts(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Oldest and next offset of every partition of the topic, ordered by partition. Errors: {@link TopicMissingError}. */
  bounds(topic: string): Promise<readonly PartitionBounds[]>;
  /**
   * Committed records from the given offsets, as batches; one partition's batches come in order, partitions interleave
   * freely. Errors: {@link TopicMissingError}; {@link OffsetGoneError} where `from` is older than what is kept.
   */
  read(request: ReadRequest): AsyncIterable<LogBatch>;
  /** Appends durably, each partition's records in the order given; not atomic over partitions. */
  append(records: readonly NewRecord[]): Promise<void>;
  /** Becomes the holder of the transactional id: when it returns, no older holder can write any more. */
  openTransactional(transactionalId: string): Promise<TransactionalAppender>;
  consume(request: ConsumeRequest): Promise<Consuming>;
  close(): Promise<void>;
}

export class TopicMissingError extends Error {
  override readonly name = 'TopicMissingError';
  constructor(topic: string) {
    super(`topic ${topic} does not exist; \`vigie topics create\` makes the missing ones`);
  }
}

/** A newer holder of the transactional id has appeared: this one must stop deciding. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  constructor(transactionalId: string) {
    super(`transactional id ${transactionalId} is held by a newer instance: this one is fenced`);
  }
}

/** The records wanted are no longer kept. */
export class OffsetGoneError extends Error {
  override readonly name = 'OffsetGoneError';
  readonly first: number;
  constructor(topic: string, partition: number, wanted: number, first: number) {
    super(`${topic}/${partition}: offset ${wanted} is no longer kept, the oldest is ${first}`);
    this.first = first;
  }
}
