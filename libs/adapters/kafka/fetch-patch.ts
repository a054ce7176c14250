/**
 * Gives kafkajs fetched records as whole batches ({@link FetchedBatch}), and what was aborted left out, in place of decoding each
 * record by itself and looking at it again and again, which takes several times as long.
 * (kafkajs 2.2.4, response of Fetch version 11, the newest it speaks; an older broker's answers are left to it. Importing
 * this file applies it.)
 */
import { createRequire } from 'node:module';
import { lendMemory } from './answer-memory.ts';
import { AbortedTransactions, FetchedBatch } from './fetched-batch.ts';
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
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const HEAD_BYTES = 61;
const APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** Key of the one record of a mark: version i16, and 0 for "aborted" as i16. */
const ABORTED = Buffer.from([0, 0, 0, 0]);

/** Batches of one partition. What is cut off at the end by the size asked for comes with the next fetch. */
async function decodeBatches(decoder: ClientDecoder, aborted: AbortedTransactions): Promise<FetchedBatch[]> {
  const length = decoder.readInt32();
  if (length <= 0 || !decoder.canReadBytes(length)) return [];
  const bytes = decoder.buffer.subarray(decoder.offset, decoder.offset + length);
  decoder.offset += length;
  const batches: FetchedBatch[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const end = at + LENGTH_AT + 4 + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
    const head = readHead(bytes, at, attributes);
    const content = bytes.subarray(at + HEAD_BYTES, end);
    const count = bytes.readInt32BE(at + COUNT_AT);
    const isHidden = aborted.covers(head, head.isControl && isAbortMark(head, content, count)) || head.isControl;
    const codec = isHidden ? null : lookupCodecByAttributes(attributes);
    batches.push(new FetchedBatch(head, codec ? await codec.decompress(content) : content, count, isHidden));
    at = end;
  }
  return batches;
}

function isAbortMark(head: BatchHead, content: Buffer, count: number): boolean {
  const records: FetchedRecord[] = [];
  readRecords(head, content, count, 0, records);
  return records[0]?.key?.equals(ABORTED) === true;
}

function readHead(bytes: Buffer, at: number, attributes: number): BatchHead {
  const firstOffset = Number(bytes.readBigInt64BE(at));
  return {
    firstOffset,
    lastOffset: firstOffset + bytes.readInt32BE(at + LAST_OFFSET_DELTA_AT),
    firstTimestampMs: Number(bytes.readBigInt64BE(at + FIRST_TIMESTAMP_AT)),
    maxTimestampMs: Number(bytes.readBigInt64BE(at + MAX_TIMESTAMP_AT)),
    producerId: bytes.readBigInt64BE(at + PRODUCER_ID_AT).toString(),
    isAppendTime: (attributes & APPEND_TIME) > 0,
    inTransaction: (attributes & TRANSACTIONAL) > 0,
    isControl: (attributes & CONTROL) > 0,
  };
}

/** Messages of the format before batches, which a topic may still hold, are the client's own affair. */
const isOldFormat = ({ buffer, offset }: ClientDecoder): boolean =>
  buffer.readInt32BE(offset) > MAGIC_AT && buffer[offset + 4 + MAGIC_AT] !== 2;

async function decodePartition(decoder: ClientDecoder) {
  const head = {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
  };
  const aborted = decoder.readArray((d) => ({
    producerId: d.readInt64().toString(),
    firstOffset: Number(d.readInt64()),
  }));
  const preferredReadReplica = decoder.readInt32();
  const messages = isOldFormat(decoder)
    ? await clientMessages(decoder)
    : await decodeBatches(decoder, new AbortedTransactions(aborted));
  // None is left for the client to leave out: messages of the old format have no transactions.
  return { ...head, abortedTransactions: [], preferredReadReplica, messages };
}

response.decode = async (bytes) => {
  const decoder = new Decoder(bytes);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const responses = await decoder.readArrayAsync(async (d) => ({
    topicName: d.readString(),
    partitions: await d.readArrayAsync(decodePartition),
  }));
  lend(
    bytes,
    responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages)),
  );
  // The broker has not throttled; it asks the client to, which the client does where throttleTime is 0.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
};

/** Lets the answer's memory come back once those who have records in it have given them back. */
function lend(answer: Buffer, messages: readonly unknown[]): void {
  let users = 0;
  for (const message of messages) {
    // What the client itself has read refers to the answer for as long as it likes.
    if (!(message instanceof FetchedBatch)) return;
    if (message.isControlRecord) message.giveBack();
    else if (message.isIn(answer)) users++;
  }
  lendMemory(answer, users);
}
