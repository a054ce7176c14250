import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { lendMemory, takeMemory } from '#libs/adapters/kafka/answer-memory.ts';
import { AbortedTransactions, FetchedBatch } from '#libs/adapters/kafka/fetched-batch.ts';
import type { BatchHead, FetchedRecord } from '#libs/adapters/kafka/fetched-record.ts';

const encode = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => {
  readonly buffer: Buffer;
};
const RECORDS = Buffer.concat(
  [0, 1, 2].map((i) => encode({ offsetDelta: i, timestampDelta: 0, key: null, value: `v${i}`, headers: {} }).buffer),
);

const head = (firstOffset: number, over: Partial<BatchHead> = {}): BatchHead => ({
  firstOffset,
  lastOffset: firstOffset + 2,
  firstTimestampMs: 0,
  maxTimestampMs: 0,
  producerId: '7',
  isAppendTime: false,
  inTransaction: true,
  isControl: false,
  ...over,
});

test('a batch stands for its last record, and gives those from the wanted one on', () => {
  const batch = new FetchedBatch(head(40), RECORDS, 3, false);
  expect([batch.offset, batch.count, batch.isControlRecord]).toEqual([42, 3, false]);
  const records: FetchedRecord[] = [];
  batch.read(41, records);
  expect(records.map((r) => [r.offset, r.value?.toString()])).toEqual([
    [41, 'v1'],
    [42, 'v2'],
  ]);
});

test('one that compaction has emptied is passed over, not waited for', () => {
  expect(new FetchedBatch(head(40), Buffer.alloc(0), 0, false).isControlRecord).toBe(true);
});

test('what was aborted is a producer’s from the first record to the mark, also where several were begun before', () => {
  const aborted = new AbortedTransactions([
    { producerId: '8', firstOffset: 12 },
    { producerId: '7', firstOffset: 10 },
    { producerId: '7', firstOffset: 40 },
  ]);
  const seen = [
    aborted.covers(head(20, { producerId: '8' }), false),
    aborted.covers(head(23, { producerId: '9' }), false),
    aborted.covers(head(26, { producerId: '7', inTransaction: false }), false),
    aborted.covers(head(29, { producerId: '7' }), false),
    aborted.covers(head(32, { isControl: true }), true),
    aborted.covers(head(33), false),
    aborted.covers(head(36, { producerId: '8' }), false),
    aborted.covers(head(40), false),
  ];
  expect(seen).toEqual([true, false, false, true, false, false, true, true]);
});

test('memory of an answer is used again once all batches in it were given back, not before', () => {
  const answer = takeMemory(3_000_000);
  const batches = [0, 1].map((i) => {
    const at = 1_000_000 * i;
    RECORDS.copy(answer, at);
    return new FetchedBatch(head(40), answer.subarray(at, at + RECORDS.length), 3, false);
  });
  expect(batches.every((batch) => batch.isIn(answer))).toBe(true);
  lendMemory(answer, 2);
  batches[0]!.giveBack();
  batches[0]!.giveBack();
  const other = takeMemory(3_000_000);
  expect(other.buffer).not.toBe(answer.buffer);
  const records: FetchedRecord[] = [];
  batches[1]!.read(0, records);
  expect(records.map((r) => r.value?.toString())).toEqual(['v0', 'v1', 'v2']);
  batches[1]!.giveBack();
  expect(takeMemory(2_500_000).buffer).toBe(answer.buffer);
  expect(() => batches[1]!.read(0, [])).toThrow(/given back/);
});
