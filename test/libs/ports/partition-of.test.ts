import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, test } from 'vitest';
import { partitionOf, targetPartition } from '#libs/ports/partition-of.ts';

test('a key goes where the Kafka client sends it, whatever the key and the number of partitions', () => {
  const kafka = Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
      const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
        partitionId,
        leader: 1,
        replicas: [1],
        isr: [1],
        partitionErrorCode: 0,
      }));
      const message = { key: Buffer.from(key, 'utf8'), value: null };
      expect(partitionOf(key, partitions)).toBe(kafka({ topic: 't', partitionMetadata, message }));
    }),
    { numRuns: 500 },
  );
});

test('a record without key needs a partition that exists', () => {
  const record = { topic: 't', key: null, value: null };
  expect(() => targetPartition(record, 3)).toThrow('neither key nor partition');
  expect(() => targetPartition({ ...record, partition: 3 }, 3)).toThrow('no partition 3');
  expect(targetPartition({ ...record, key: 'k', partition: 2 }, 3)).toBe(2);
});
