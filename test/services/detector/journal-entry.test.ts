import { expect, test } from 'vitest';
import type { JournalEntry } from '#services/detector/journal-entry.ts';
import { decodeEntry, encodeEntry } from '#services/detector/journal-entry.ts';
import { TEST_POLICY } from '../../support/portal-log.ts';

const control = { kind: 'control', control: 'reenable', timeMs: 1, accountId: 'PS-1', reason: 'é' } as const;
const ENTRIES: readonly JournalEntry[] = [
  { kind: 'opened', nonce: 'n', instance: 'host/1', partitions: 12, timeMs: 1 },
  { kind: 'decided', seq: 1, upTo: 5, alerts: [['a', 1]], rejected: 2 },
  { kind: 'control', seq: 2, at: 5, source: 0, control, alerts: [] },
  { kind: 'policy', seq: 3, at: 5, policy: TEST_POLICY },
  { kind: 'gap', seq: 4, at: 9, missing: 4 },
  { kind: 'checkpoint', seq: 5, at: 9, bytes: 100 },
];

test.each(ENTRIES.map((entry) => [entry.kind, entry] as const))('%s: read back as it was written', (_kind, entry) => {
  expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
});

test('a policy that JSON would change is refused, not changed', () => {
  const policy = { ...TEST_POLICY, thresholds: { ...TEST_POLICY.thresholds, suspend: Number.POSITIVE_INFINITY } };
  expect(() => encodeEntry({ kind: 'policy', seq: 1, at: 0, policy })).toThrow(/"suspend" is Infinity/);
});

test('what is no entry is damage and said so', () => {
  expect(() => decodeEntry(null)).toThrow();
  expect(() => decodeEntry(Buffer.from('{"kind":"decided","seq":-1}'))).toThrow();
});
