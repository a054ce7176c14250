import type { LogBatch, NewRecord, TopicSpec } from '#libs/ports/event-log.ts';

/** A record whose partition has been decided and whose time is known. */
export interface PlacedRecord {
  readonly record: NewRecord;
  readonly partition: number;
  readonly arrivalMs: number;
}

/**
 * What a log kept by one process needs of its medium (memory, files). Everything above it (waiting, groups, fencing, order
 * of appends) is the same for both and stands in this folder. Calls to `write` never overlap.
 */
export interface LogStorage {
  /** Number of partitions by topic. */
  topics(): ReadonlyMap<string, number>;
  create(spec: TopicSpec): Promise<void>;
  bounds(topic: string, partition: number): { readonly first: number; readonly end: number };
  /** At most `maxRecords` records from offset `from`, which is within the bounds. */
  fetch(topic: string, partition: number, from: number, maxRecords: number): Promise<LogBatch>;
  /** Makes all records durable and visible, or none. */
  write(records: readonly PlacedRecord[]): Promise<void>;
  close(): Promise<void>;
}
