import type { EventLog, LogRecord } from './event-log.ts';

/**
 * The newest record of each key of a compacted topic (restrictions, controls' policy), read up to the end as it stands now.
 * A tombstone (a record without value) removes its key. Keys never collide over partitions: a key lives in one.
 */
export async function readLatest(log: EventLog, topic: string): Promise<Map<string, LogRecord>> {
  const latest = new Map<string, LogRecord>();
  const bounds = await log.bounds(topic);
  const from = new Map(bounds.filter((b) => b.end > b.first).map((b) => [b.partition, b.first]));
  if (from.size === 0) return latest;
  for await (const batch of log.read({ topic, from })) {
    for (const record of batch.records) {
      if (record.key === null) continue;
      const key = Buffer.from(record.key).toString('utf8');
      if (record.value === null) latest.delete(key);
      else latest.set(key, record);
    }
  }
  return latest;
}
