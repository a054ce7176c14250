/**
 * A frame holds the records of one append to one partition:
 *
 *     frame   = length u32, crc u32, body              length of the body; CRC-32 (IEEE, node:zlib) of the body
 *     body    = write f64, base f64, count u32, record*
 *     record  = arrival f64, key length i32 (-1: none), value length i32 (-1: none), headers u16, key, value, header*
 *     header  = name length u16, value length u32, name, value
 *
 * All little-endian. Offsets of the records are base, base + 1, … `write` numbers the append: 0 where the frame is the whole
 * of it, else the append counts only if its number stands in the folder's file of finished writes (`finished-writes.ts`).
 */
import { crc32 } from 'node:zlib';
import { assert } from '#libs/base/assert.ts';
import type { Headers, LogRecord, NewRecord } from '#libs/ports/event-log.ts';
import { NO_HEADERS } from '#libs/ports/event-log.ts';

export const FRAME_HEADER_BYTES = 8;
export const BODY_HEADER_BYTES = 20;
const RECORD_HEADER_BYTES = 18;
/** No frame is longer: a length beyond it is damage, not data. */
export const MAX_BODY_BYTES = 256 * 1024 * 1024;

export interface FrameHead {
  readonly write: number;
  readonly base: number;
  readonly count: number;
}

interface Appended {
  readonly record: NewRecord;
  readonly arrivalMs: number;
}

/** One frame as bytes, ready to be appended to a segment. */
export function encodeFrame(write: number, base: number, appended: readonly Appended[]): Buffer {
  const parts = appended.map(({ record, arrivalMs }) => encodeRecord(record, arrivalMs));
  const bodyBytes = parts.reduce((sum, part) => sum + part.length, BODY_HEADER_BYTES);
  assert(bodyBytes <= MAX_BODY_BYTES, `an append of ${bodyBytes} bytes to one partition; at most ${MAX_BODY_BYTES}`);
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + bodyBytes);
  frame.writeDoubleLE(write, FRAME_HEADER_BYTES);
  frame.writeDoubleLE(base, FRAME_HEADER_BYTES + 8);
  frame.writeUInt32LE(appended.length, FRAME_HEADER_BYTES + 16);
  let at = FRAME_HEADER_BYTES + BODY_HEADER_BYTES;
  for (const part of parts) at += part.copy(frame, at);
  frame.writeUInt32LE(bodyBytes, 0);
  frame.writeUInt32LE(crc32(frame.subarray(FRAME_HEADER_BYTES)), 4);
  return frame;
}

/** True where `body` is what its checksum says. */
export const bodyIsWhole = (body: Uint8Array, crc: number): boolean => crc32(body) === crc;

export function decodeHead(body: Buffer): FrameHead {
  return { write: body.readDoubleLE(0), base: body.readDoubleLE(8), count: body.readUInt32LE(16) };
}

/** The records of a whole body, in order. Keys and values are views into `body`. */
export function decodeRecords(body: Buffer): LogRecord[] {
  const { base, count } = decodeHead(body);
  const records: LogRecord[] = [];
  let at = BODY_HEADER_BYTES;
  const take = (bytes: number) => {
    at += bytes;
    return body.subarray(at - bytes, at);
  };
  for (let i = 0; i < count; i++) {
    const arrivalMs = body.readDoubleLE(at);
    const keyBytes = body.readInt32LE(at + 8);
    const valueBytes = body.readInt32LE(at + 12);
    const headerCount = body.readUInt16LE(at + 16);
    at += RECORD_HEADER_BYTES;
    const key = keyBytes < 0 ? null : take(keyBytes);
    const value = valueBytes < 0 ? null : take(valueBytes);
    let headers = NO_HEADERS;
    if (headerCount > 0) {
      const read = new Map<string, string>();
      for (let h = 0; h < headerCount; h++) {
        const nameBytes = body.readUInt16LE(at);
        const textBytes = body.readUInt32LE(at + 2);
        at += 6;
        const name = take(nameBytes).toString('utf8');
        read.set(name, take(textBytes).toString('utf8'));
      }
      headers = read;
    }
    records.push({ offset: base + i, arrivalMs, key, value, headers });
  }
  assert(at === body.length, 'a frame with a right checksum has bytes left over');
  return records;
}

function encodeRecord(record: NewRecord, arrivalMs: number): Buffer {
  const key = record.key === null ? null : Buffer.from(record.key, 'utf8');
  const headers = encodeHeaders(record.headers ?? NO_HEADERS);
  const head = Buffer.allocUnsafe(RECORD_HEADER_BYTES);
  head.writeDoubleLE(arrivalMs, 0);
  head.writeInt32LE(key?.length ?? -1, 8);
  head.writeInt32LE(record.value?.length ?? -1, 12);
  head.writeUInt16LE(record.headers?.size ?? 0, 16);
  return Buffer.concat([head, key ?? Buffer.alloc(0), record.value ?? Buffer.alloc(0), ...headers]);
}

function encodeHeaders(headers: Headers): Buffer[] {
  const parts: Buffer[] = [];
  for (const [name, value] of headers) {
    const lengths = Buffer.allocUnsafe(6);
    lengths.writeUInt16LE(Buffer.byteLength(name), 0);
    lengths.writeUInt32LE(Buffer.byteLength(value), 2);
    parts.push(lengths, Buffer.from(name, 'utf8'), Buffer.from(value, 'utf8'));
  }
  return parts;
}
