import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { describeWithKafka } from './with-kafka.ts';

const RECORDS = 6000;

describeWithKafka('a reader', ({ brokers }) => {
  let log: EventLog;
  const client = new kafkajs.Kafka({
    brokers: brokers.split(','),
    clientId: 'reader-test',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'reader' });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await log.close();
  });

  test('that has to join its group again with batches in hand gives every record, once and in order', async () => {
    const topic = `read.${randomUUID()}`;
    await log.createTopics([{ name: topic, partitions: 2, compacted: false }]);
    const records = Array.from({ length: RECORDS }, (_, n) => ({
      topic,
      key: null,
      partition: n % 2,
      value: Buffer.from(String(n)),
    }));
    await log.append(records);
    const before = new Set((await admin.listGroups()).groups.map((group) => group.groupId));
    const seen: number[][] = [[], []];
    let disturbed = 0;
    const from = new Map([
      [0, 0],
      [1, 0],
    ]);
    for await (const batch of log.read({ topic, from, maxRecords: 100 })) {
      for (const { offset } of batch.records) seen[batch.partition]!.push(offset);
      // A stranger comes into its group and goes, which makes it join again: at the beginning and half way.
      const done = seen[0]!.length + seen[1]!.length;
      if (done < (disturbed === 0 ? 100 : disturbed === 1 ? RECORDS / 2 : Number.POSITIVE_INFINITY)) continue;
      const groups = (await admin.listGroups()).groups.map((group) => group.groupId);
      const group = groups.find((id) => id.startsWith('vigie-read-') && !before.has(id))!;
      const stranger = client.consumer({ groupId: group, sessionTimeout: 6000 });
      await stranger.connect();
      await stranger.subscribe({ topic });
      await stranger.run({ eachBatch: async () => {} });
      await stranger.disconnect();
      disturbed++;
    }
    expect(disturbed).toBe(2);
    const all = Array.from({ length: RECORDS / 2 }, (_, n) => n);
    expect(seen).toEqual([all, all]);
  });
});
