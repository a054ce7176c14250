import { assert } from '#libs/base/assert.ts';
import type { NewRecord } from './event-log.ts';

/**
 * Which partition a key belongs to, as Kafka's own clients decide it (murmur2 of the key's UTF-8 bytes, sign bit cleared,
 * modulo the number of partitions): whoever writes an account's events, they meet in the same partition.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}

/** The partition a new record goes to. A record needs a key or a partition, and a partition that exists. */
export function targetPartition(record: NewRecord, partitions: number): number {
  const { topic, key, partition } = record;
  if (partition !== undefined) {
    assert(partition >= 0 && partition < partitions, `${topic} has no partition ${partition} (it has ${partitions})`);
    return partition;
  }
  assert(key !== null, `a record for ${topic} has neither key nor partition`);
  return partitionOf(key, partitions);
}

/** murmur2, 32 bits, with the seed of Kafka's `Utils.murmur2`. */
function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  const words = data.length >> 2;
  for (let i = 0; i < words; i++) {
    const at = i * 4;
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = words * 4;
  const left = data.length - rest;
  if (left === 3) h ^= data[rest + 2]! << 16;
  if (left >= 2) h ^= data[rest + 1]! << 8;
  if (left >= 1) h = Math.imul(h ^ data[rest]!, m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
