import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { kafkaClient } from '#libs/adapters/kafka/connection.ts';

interface Cluster {
  readonly brokerPool: { brokers: Record<string, unknown>; refreshMetadata: () => Promise<void> };
  findGroupCoordinator(question: { readonly groupId: string }): Promise<unknown>;
}
const load = createRequire(import.meta.url);
const { createLogger } = load('kafkajs/src/loggers') as { createLogger(options: object): unknown };
const { KafkaJSConnectionClosedError } = load('kafkajs/src/errors') as {
  KafkaJSConnectionClosedError: new (message: string) => Error;
};
const Cluster = load('kafkajs/src/cluster') as new (options: object) => Cluster;

/** The client's cluster with one broker that is connected and whose first answers are these errors. */
function cluster(errors: Error[]) {
  kafkaClient({ brokers: ['127.0.0.1:1'], clientId: 'test' });
  const logger = createLogger({ level: 0, logCreator: () => () => {} });
  const retry = { initialRetryTime: 1, maxRetryTime: 1, retries: 20 };
  const made = new Cluster({ logger, brokers: ['127.0.0.1:1'], retry });
  const broker = {
    isConnected: () => true,
    findGroupCoordinator: async () => {
      const error = errors.shift();
      if (error) throw error;
      return { coordinator: { nodeId: 1 } };
    },
  };
  made.brokerPool.brokers = { 1: broker };
  let refreshed = 0;
  made.brokerPool.refreshMetadata = async () => void refreshed++;
  return { made, broker, refreshed: () => refreshed };
}
const closed = () => new KafkaJSConnectionClosedError('Closed connection');
const protocol = (type: string, retriable: boolean) =>
  new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable }));

test('a question for the coordinator whose connection closes is asked again, of brokers known anew', async () => {
  const errors = [closed(), closed(), protocol('GROUP_COORDINATOR_NOT_AVAILABLE', true), closed()];
  const { made, broker, refreshed } = cluster(errors);
  expect(await made.findGroupCoordinator({ groupId: 'g' })).toBe(broker);
  expect(errors).toEqual([]);
  expect(refreshed()).toBe(4);
});

test('what a broker refuses is not asked again, and is told as it was said', async () => {
  const errors = [protocol('GROUP_AUTHORIZATION_FAILED', false), closed()];
  const { made } = cluster(errors);
  await expect(made.findGroupCoordinator({ groupId: 'g' })).rejects.toThrow('GROUP_AUTHORIZATION_FAILED');
  expect(errors).toHaveLength(1);
});
