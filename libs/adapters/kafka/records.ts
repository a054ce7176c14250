import type { IHeaders, KafkaMessage, Message, TopicMessages } from 'kafkajs';
import { assert } from '#libs/base/assert.ts';
import type { Headers, LogRecord, NewRecord } from '#libs/ports/event-log.ts';
import { NO_HEADERS } from '#libs/ports/event-log.ts';
import { FetchedBatch } from './fetched-batch.ts';
import type { FetchedRecord } from './fetched-record.ts';

/** The records from offset `from` on in what the client has fetched. Key and value are the client's own buffers. */
export function recordsFrom(messages: readonly KafkaMessage[], from: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (const message of messages) {
    const batch: unknown = message;
    if (batch instanceof FetchedBatch) batch.read(from, records as FetchedRecord[]);
    else if (Number(message.offset) >= from) records.push(toRecord(message));
  }
  return records;
}

/** How many records are in what the client has fetched, at most. */
export function countRecords(messages: readonly KafkaMessage[]): number {
  let count = 0;
  for (const message of messages)
    count += (message as unknown) instanceof FetchedBatch ? (message as unknown as FetchedBatch).count : 1;
  return count;
}

/** Says that nobody reads the records any more, nor keeps anything of their bytes. */
export function giveBack(messages: readonly KafkaMessage[]): void {
  for (const message of messages) {
    const batch: unknown = message;
    if (batch instanceof FetchedBatch) batch.giveBack();
  }
}

function toRecord(message: KafkaMessage): LogRecord {
  return {
    offset: Number(message.offset),
    arrivalMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: toHeaders(message.headers),
  };
}

/**
 * Brokers take a partition's records of one request as one batch, of 1 MiB at most unless they are told otherwise, and the
 * client makes one batch whatever its size. Half of that leaves room for keys, headers and what surrounds them.
 */
const PORTION_BYTES = 512 * 1024;
/** What a record takes beside its key, value and headers, at most. */
const RECORD_OVERHEAD_BYTES = 64;

/** The records in order, cut so that no portion is refused for its size; a single larger record goes alone. */
export function* portionsOf(records: readonly NewRecord[]): Generator<readonly NewRecord[]> {
  let begin = 0;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    const size = sizeOf(records[i]!);
    if (bytes > 0 && bytes + size > PORTION_BYTES) {
      yield records.slice(begin, i);
      begin = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (begin < records.length) yield begin === 0 ? records : records.slice(begin);
}

function sizeOf({ key, value, headers = NO_HEADERS }: NewRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (value?.length ?? 0) + (key === null ? 0 : Buffer.byteLength(key));
  for (const [name, text] of headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(text);
  return bytes;
}

/** New records as the client wants them, by topic; the order within a topic stays. */
export function toTopicMessages(records: readonly NewRecord[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const record of records) {
    assert(
      record.key !== null || record.partition !== undefined,
      `a record for ${record.topic} has neither key nor partition`,
    );
    const message = toMessage(record);
    const some = byTopic.get(record.topic);
    if (some) some.push(message);
    else byTopic.set(record.topic, [message]);
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}

function toMessage(record: NewRecord): Message {
  return {
    key: record.key,
    value: record.value === null ? null : asBuffer(record.value),
    ...(record.partition === undefined ? {} : { partition: record.partition }),
    ...(record.headers === undefined ? {} : { headers: Object.fromEntries(record.headers) }),
    ...(record.timeMs === undefined ? {} : { timestamp: String(record.timeMs) }),
  };
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function toHeaders(headers: IHeaders | undefined): Headers {
  if (headers === undefined) return NO_HEADERS;
  let read: Map<string, string> | undefined;
  // A loop that ends at once where there are none: access records seldom have headers and come by the million.
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    read ??= new Map();
    read.set(name, last === undefined ? '' : last.toString());
  }
  return read ?? NO_HEADERS;
}
