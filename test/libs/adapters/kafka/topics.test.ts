import type { Admin } from 'kafkajs';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { KafkaTopics } from '#libs/adapters/kafka/topics.ts';

/** The parts of the client that are asked for bounds; its first answers are these errors. */
function admin(errors: Error[]): Admin {
  return {
    listTopics: async () => ['t'],
    fetchTopicMetadata: async () => ({ topics: [{ name: 't', partitions: [{}] }] }),
    fetchTopicOffsets: async () => {
      const error = errors.shift();
      if (error) throw error;
      return [{ partition: 0, offset: '7', low: '3', high: '7' }];
    },
  } as unknown as Admin;
}
const noLeader = () =>
  new kafkajs.KafkaJSProtocolError(Object.assign(new Error('not the leader'), { code: 6, retriable: true }));

test('a partition that has no leader for a moment is asked about again, and what will not pass is told', async () => {
  const errors = Array.from({ length: 6 }, noLeader);
  expect(await new KafkaTopics(admin(errors)).bounds('t')).toEqual([{ partition: 0, first: 3, end: 7 }]);
  expect(errors).toEqual([]);
  const denied = new kafkajs.KafkaJSProtocolError(Object.assign(new Error('not allowed'), { retriable: false }));
  await expect(new KafkaTopics(admin([denied])).bounds('t')).rejects.toThrow('not allowed');
});
