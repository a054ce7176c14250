/**
 * Lets kafkajs read fetched records by {@link readRecords} and not by its own decoder, which takes several times as long.
 * (kafkajs 2.2.4, response of Fetch version 11, the newest it speaks; an older broker's answers are left to it. Importing
 * this file applies it.)
 */
import { createRequire } from 'node:module';
import type { BatchHead, FetchedRecord } from './fetched-record.ts';
import { readRecords } from './fetched-record.ts';

interface ClientDecoder {
  readonly buffer: Buffer;
  offset: number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string;
  readArray<T>(read: (decoder: ClientDecoder) => T): T[];
  readArrayAsync<T>(read: (decoder: ClientDecoder) => Promise<T>): Promise<T[]>;
  canReadBytes(length: number): boolean;
}
interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

const load = createRequire(import.meta.url);
const Decoder = load('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => ClientDecoder;
const clientMessages = load('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: ClientDecoder,
) => Promise<unknown[]>;
const { lookupCodecByAttributes } = load('kafkajs/src/protocol/message/compression') as {
  lookupCodecByAttributes(attributes: number): Codec | null;
};
const response = load('kafkajs/src/protocol/requests/fetch/v11/response') as {
  decode(bytes: Buffer): Promise<unknown>;
};

/*
 *     batch = base offset i64, length i32, leader epoch i32, magic i8, crc i32, attributes i16, last offset delta i32,
 *             first timestamp i64, max timestamp i64, producer id i64, producer epoch i16, sequence i32, count i32, records
 */
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const HEAD_BYTES = 61;
const APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Records of one partition. What is cut off at the end by the size asked for comes with the next fetch. */
async function decodeMessages(decoder: ClientDecoder): Promise<unknown[]> {
  const { buffer, offset } = decoder;
  const length = buffer.readInt32BE(offset);
  if (length > MAGIC_AT && buffer[offset + 4 + MAGIC_AT] !== 2) return clientMessages(decoder);
  decoder.offset += 4;
  if (length <= 0 || !decoder.canReadBytes(length)) return [];
  const bytes = buffer.subarray(decoder.offset, decoder.offset + length);
  decoder.offset += length;
  const records: FetchedRecord[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const end = at + LENGTH_AT + 4 + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
    const content = bytes.subarray(at + HEAD_BYTES, end);
    const codec = lookupCodecByAttributes(attributes);
    const count = bytes.readInt32BE(at + COUNT_AT);
    if (count > 0) {
      const plain = codec ? await codec.decompress(content) : content;
      readRecords(readHead(bytes, at, attributes), plain, count, records);
    }
    at = end;
  }
  return records;
}

function readHead(bytes: Buffer, at: number, attributes: number): BatchHead {
  return {
    firstOffset: Number(bytes.readBigInt64BE(at)),
    firstTimestampMs: Number(bytes.readBigInt64BE(at + FIRST_TIMESTAMP_AT)),
    maxTimestampMs: Number(bytes.readBigInt64BE(at + MAX_TIMESTAMP_AT)),
    producerId: bytes.readBigInt64BE(at + PRODUCER_ID_AT).toString(),
    isAppendTime: (attributes & APPEND_TIME) > 0,
    inTransaction: (attributes & TRANSACTIONAL) > 0,
    isControl: (attributes & CONTROL) > 0,
  };
}

const decodePartition = async (decoder: ClientDecoder) => ({
  partition: decoder.readInt32(),
  errorCode: decoder.readInt16(),
  highWatermark: decoder.readInt64().toString(),
  lastStableOffset: decoder.readInt64().toString(),
  lastStartOffset: decoder.readInt64().toString(),
  abortedTransactions: decoder.readArray((d) => ({
    producerId: d.readInt64().toString(),
    firstOffset: d.readInt64().toString(),
  })),
  preferredReadReplica: decoder.readInt32(),
  messages: await decodeMessages(decoder),
});

response.decode = async (bytes) => {
  const decoder = new Decoder(bytes);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const responses = await decoder.readArrayAsync(async (d) => ({
    topicName: d.readString(),
    partitions: await d.readArrayAsync(decodePartition),
  }));
  // The broker has not throttled; it asks the client to, which the client does where throttleTime is 0.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
};
