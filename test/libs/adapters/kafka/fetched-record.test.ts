import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { FetchedRecord } from '#libs/adapters/kafka/fetched-record.ts';
import { readRecords } from '#libs/adapters/kafka/fetched-record.ts';

const encode = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => {
  readonly buffer: Buffer;
};
const HEAD = {
  firstOffset: 2 ** 40,
  lastOffset: 2 ** 40 + 300,
  firstTimestampMs: 1_700_000_000_000,
  maxTimestampMs: 1_700_000_009_000,
  producerId: '-1',
  isAppendTime: false,
  inTransaction: false,
  isControl: false,
};
const RECORDS = [
  { offsetDelta: 0, timestampDelta: 0, key: 'PS-1', value: Buffer.from('{}'), headers: {} },
  { offsetDelta: 1, timestampDelta: -70, key: null, value: null, headers: { ce_id: 'a:1', empty: '' } },
  { offsetDelta: 300, timestampDelta: 2 ** 33, key: 'k'.repeat(70), value: Buffer.alloc(9000, 1), headers: {} },
];
const BYTES = Buffer.concat(RECORDS.map((record) => encode(record).buffer));

test('reads what a producer encodes: nulls, headers, large lengths, times before the first and far behind it', () => {
  const records: FetchedRecord[] = [];
  readRecords(HEAD, BYTES, 3, 0, records);
  expect(records.map((r) => [r.offset - HEAD.firstOffset, r.arrivalMs - HEAD.firstTimestampMs])).toEqual(
    RECORDS.map((r) => [r.offsetDelta, r.timestampDelta]),
  );
  expect(records.map((r) => r.key?.toString() ?? null)).toEqual(RECORDS.map((r) => r.key));
  expect(records.map((r) => r.value?.toString() ?? null)).toEqual(RECORDS.map((r) => r.value?.toString() ?? null));
  expect(records.map((r) => Object.fromEntries(r.headers))).toEqual(RECORDS.map((r) => r.headers));
});

test('takes the broker’s time where the topic is set so, and a batch that breaks off is an error', () => {
  const records: FetchedRecord[] = [];
  readRecords({ ...HEAD, isAppendTime: true }, BYTES, 1, 0, records);
  expect(records[0]!.arrivalMs).toBe(HEAD.maxTimestampMs);
  expect(() => readRecords(HEAD, BYTES.subarray(0, BYTES.length - 1), 3, 0, [])).toThrow(/in the middle of a record/);
});
