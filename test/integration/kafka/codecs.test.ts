import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { describeWithKafka } from './with-kafka.ts';

const { CompressionTypes } = kafkajs;

describeWithKafka('compressed records', ({ brokers }) => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'codecs' });
  });
  afterAll(() => log.close());

  test.each([
    ['none', CompressionTypes.None],
    ['gzip', CompressionTypes.GZIP],
    ['snappy', CompressionTypes.Snappy],
    ['lz4', CompressionTypes.LZ4],
    ['zstd', CompressionTypes.ZSTD],
  ])(
    '%s: what a producer wrote is read back, through batches larger than a block of the codec',
    async (_name, compression) => {
      const topic = `codecs.${randomUUID()}`;
      await log.createTopics([{ name: topic, partitions: 1, compacted: false }]);
      const values = Array.from({ length: 3000 }, (_, i) => `{"n":${i},"filling":"${'é'.repeat(i % 90)}"}`);
      const producer = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      await producer.send({ topic, compression, messages: values.map((value) => ({ value })) });
      await producer.disconnect();
      const read: string[] = [];
      for await (const batch of log.read({ topic, from: new Map([[0, 0]]) })) {
        read.push(...batch.records.map((r) => Buffer.from(r.value!).toString('utf8')));
      }
      expect(read).toEqual(values);
    },
  );
});
