/**
 * kafkajs takes a connection that closes under its question for a coordinator for a final "there is none": the consumer that
 * asked ends and is not begun again, where any other lost connection is waited out. A broker that stops while a group is
 * joining again meets exactly that. Here such a question is asked again, and what a broker itself refuses is said in its words.
 * (kafkajs 2.2.4, Cluster.findGroupCoordinatorMetadata, tulios/kafkajs#1630; importing this file applies it.)
 */
import { createRequire } from 'node:module';

interface Question {
  readonly groupId: string;
  readonly coordinatorType: number;
}
interface Answer {
  readonly coordinator: { readonly nodeId: number };
}
interface Broker {
  findGroupCoordinator(question: Question): Promise<Answer>;
}
interface Cluster {
  readonly brokerPool: {
    /** Asks one broker after the other until one answers; null where none did. */
    withBroker(ask: (one: { readonly broker: Broker }) => Promise<Answer>): Promise<Answer | null>;
  };
  findGroupCoordinatorMetadata(question: Question): Promise<Answer>;
}

const load = createRequire(import.meta.url);
const { prototype } = load('kafkajs/src/cluster') as { prototype: Cluster };
const { KafkaJSBrokerNotFound, KafkaJSProtocolError } = load('kafkajs/src/errors') as Record<
  'KafkaJSBrokerNotFound' | 'KafkaJSProtocolError',
  new (
    message: string,
  ) => Error
>;

prototype.findGroupCoordinatorMetadata = async function (this: Cluster, question) {
  let refused: Error | undefined;
  const answer = await this.brokerPool.withBroker(async ({ broker }) => {
    try {
      return await broker.findGroupCoordinator(question);
    } catch (error) {
      if (error instanceof KafkaJSProtocolError) refused = error;
      throw error;
    }
  });
  if (answer !== null) return answer;
  // Whoever called asks again after the second, and after a refusal that passes (the coordinator is not there yet).
  throw refused ?? new KafkaJSBrokerNotFound('No broker answered who coordinates');
};
