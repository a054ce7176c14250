import kafkajs from 'kafkajs';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { eventLogContract } from '../../contract/event-log.contract.ts';
import { describeWithKafka } from './with-kafka.ts';

describeWithKafka('Apache Kafka', ({ brokers }) => {
  eventLogContract('Apache Kafka', {
    open: () => openKafkaLog({ brokers: brokers.split(','), clientId: 'contract' }),
    dropBefore: async (_log, topic, partition, before) => {
      const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();
      await admin.connect();
      // The client finds the partition's leader only for topics it has asked about before.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
      await admin.disconnect();
    },
  });
});
