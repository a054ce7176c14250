/**
 * Records of a fetched record batch (format 2), read straight from the broker's bytes. kafkajs makes some fifteen objects of
 * each record, half of them for big numbers as text; at millions of records that costs more than the detection. A record here
 * is one object: offsets are numbers, and key, value and headers are read only when somebody asks.
 *
 *     record = length varint, attributes i8, timestamp delta varlong, offset delta varint, key bytes, value bytes, headers
 *
 * Lengths and deltas are zigzag varints; length -1 is null.
 */
import type { Headers, LogRecord } from '#libs/ports/event-log.ts';
import { NO_HEADERS } from '#libs/ports/event-log.ts';

export interface BatchHead {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly firstTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly producerId: string;
  readonly isAppendTime: boolean;
  readonly inTransaction: boolean;
  readonly isControl: boolean;
}

export class FetchedRecord implements LogRecord {
  readonly offset: number;
  readonly arrivalMs: number;
  readonly bytes: Buffer;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly #keyAt: number;

  constructor(offset: number, arrivalMs: number, bytes: Buffer, keyAt: number, valueStart: number, valueEnd: number) {
    this.offset = offset;
    this.arrivalMs = arrivalMs;
    this.bytes = bytes;
    this.valueStart = valueStart;
    this.valueEnd = valueEnd;
    this.#keyAt = keyAt;
  }

  get value(): Buffer | null {
    return this.valueEnd < this.valueStart ? null : this.bytes.subarray(this.valueStart, this.valueEnd);
  }

  get key(): Buffer | null {
    return new Cursor(this.bytes, this.#keyAt).bytesOrNull();
  }

  get headers(): Headers {
    // Behind the value, of which there is none where it ends before it starts.
    const cursor = new Cursor(this.bytes, Math.max(this.valueStart, this.valueEnd));
    const count = cursor.varint();
    if (count === 0) return NO_HEADERS;
    const headers = new Map<string, string>();
    for (let i = 0; i < count; i++) {
      const name = cursor.bytesOrNull()?.toString('utf8') ?? '';
      headers.set(name, cursor.bytesOrNull()?.toString('utf8') ?? '');
    }
    return headers;
  }
}

/**
 * Reads `count` records from the uncompressed bytes after a batch's head and adds those from offset `from` on.
 * @throws RangeError where the bytes end before
 */
export function readRecords(head: BatchHead, bytes: Buffer, count: number, from: number, into: FetchedRecord[]): void {
  const cursor = new Cursor(bytes, 0);
  for (let i = 0; i < count; i++) {
    const length = cursor.varint();
    const end = cursor.at + length;
    if (length < 0 || end > bytes.length) throw new RangeError('a record batch ends in the middle of a record');
    cursor.at++; // attributes: none are defined
    const timestampMs = head.firstTimestampMs + cursor.varint();
    const offset = head.firstOffset + cursor.varint();
    if (offset >= from) {
      const keyAt = cursor.at;
      cursor.skipBytes();
      const valueLength = cursor.varint();
      const arrivalMs = head.isAppendTime ? head.maxTimestampMs : timestampMs;
      into.push(new FetchedRecord(offset, arrivalMs, bytes, keyAt, cursor.at, cursor.at + valueLength));
    }
    cursor.at = end;
  }
}

class Cursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** A zigzag varint or varlong; exact up to 2^52. */
  varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++]!;
    let value = byte & 0x7f;
    for (let scale = 128; byte > 0x7f; scale *= 128) {
      byte = bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytesOrNull(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return this.#bytes.subarray(start, this.at);
  }

  skipBytes(): void {
    const length = this.varint();
    if (length > 0) this.at += length;
  }
}
