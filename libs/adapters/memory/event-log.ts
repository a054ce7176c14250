import { SingleProcessLog } from '#libs/adapters/single-process/log.ts';
import type { LogStorage, PlacedRecord } from '#libs/adapters/single-process/storage.ts';
import type { EventLog, LogBatch, LogRecord, TopicSpec } from '#libs/ports/event-log.ts';
import { NO_HEADERS } from '#libs/ports/event-log.ts';

/** A partition in memory: `records[i]` has offset `first + i`. */
interface MemoryPartition {
  first: number;
  records: LogRecord[];
}

/** An event log that lives and ends with the process: for tests, the simulator and previews. */
export function openMemoryLog(options: { readonly nowMs: () => number }): MemoryLog {
  return new MemoryLog(new MemoryStorage(), options.nowMs);
}

export class MemoryLog extends SingleProcessLog implements EventLog {
  readonly #memory: MemoryStorage;
  constructor(storage: MemoryStorage, nowMs: () => number) {
    super(storage, nowMs);
    this.#memory = storage;
  }

  /** Forgets what is older than `before`, as a broker's retention does. */
  dropBefore(topic: string, partition: number, before: number): void {
    this.#memory.dropBefore(topic, partition, before);
  }
}

class MemoryStorage implements LogStorage {
  readonly #topics = new Map<string, MemoryPartition[]>();
  readonly #counts = new Map<string, number>();

  topics(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  async create(spec: TopicSpec): Promise<void> {
    this.#topics.set(
      spec.name,
      Array.from({ length: spec.partitions }, () => ({ first: 0, records: [] })),
    );
    this.#counts.set(spec.name, spec.partitions);
  }

  bounds(topic: string, partition: number) {
    const { first, records } = this.#at(topic, partition);
    return { first, end: first + records.length };
  }

  async fetch(topic: string, partition: number, from: number, maxRecords: number): Promise<LogBatch> {
    const { first, records } = this.#at(topic, partition);
    const some = records.slice(from - first, from - first + maxRecords);
    return { topic, partition, records: some, next: from + some.length, end: first + records.length };
  }

  async write(placed: readonly PlacedRecord[]): Promise<void> {
    for (const { record, partition, arrivalMs } of placed) {
      const { first, records } = this.#at(record.topic, partition);
      records.push({
        offset: first + records.length,
        arrivalMs,
        key: record.key === null ? null : Buffer.from(record.key, 'utf8'),
        // Copied: the caller may fill its buffer again.
        value: record.value === null ? null : Buffer.from(record.value),
        headers: record.headers ? new Map(record.headers) : NO_HEADERS,
      });
    }
  }

  dropBefore(topic: string, partition: number, before: number): void {
    const at = this.#at(topic, partition);
    const gone = Math.min(Math.max(before - at.first, 0), at.records.length);
    at.records.splice(0, gone);
    at.first += gone;
  }

  async close(): Promise<void> {}

  #at(topic: string, partition: number): MemoryPartition {
    return this.#topics.get(topic)![partition]!;
  }
}
