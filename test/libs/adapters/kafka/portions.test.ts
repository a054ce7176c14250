import { expect, test } from 'vitest';
import { portionsOf } from '#libs/adapters/kafka/records.ts';
import type { NewRecord } from '#libs/ports/event-log.ts';

const record = (bytes: number, key = 'k'): NewRecord => ({ topic: 't', key, value: Buffer.alloc(bytes) });
const sizes = (records: readonly NewRecord[]) => [...portionsOf(records)].map((portion) => portion.length);

test('few records are one portion, none are none', () => {
  expect(sizes([record(10), record(10)])).toEqual([2]);
  expect(sizes([])).toEqual([]);
});

test('what a broker would refuse as one batch goes in portions, in order and whole', () => {
  const records = Array.from({ length: 2500 }, (_, i) => record(700, `k${i}`));
  const portions = [...portionsOf(records)];
  expect(portions.length).toBeGreaterThan(3);
  expect(portions.flat()).toEqual(records);
  for (const portion of portions) expect(portion.length * 700).toBeLessThan(512 * 1024);
});

test('a record larger than a portion goes alone', () => {
  expect(sizes([record(10), record(900_000), record(10)])).toEqual([1, 1, 1]);
});

test('headers count', () => {
  const headers = new Map([['h', 'x'.repeat(300_000)]]);
  expect(
    sizes([
      { ...record(1), headers },
      { ...record(1), headers },
    ]),
  ).toEqual([1, 1]);
});
