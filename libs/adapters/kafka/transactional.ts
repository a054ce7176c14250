import type { Kafka, Producer } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { NewRecord, TransactionalAppender } from '#libs/ports/event-log.ts';
import { FencedError } from '#libs/ports/event-log.ts';
import { PATIENT } from './connection.ts';
import { errorChain } from './error-chain.ts';
import { portionsOf, toTopicMessages } from './records.ts';
import type { KafkaTopics } from './topics.ts';

const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);

/** A transactional producer as the newest holder of its id. */
export async function openKafkaTransactional(
  kafka: Kafka,
  topics: KafkaTopics,
  transactionalId: string,
): Promise<TransactionalAppender> {
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    retry: PATIENT,
  });
  await producer.connect();
  try {
    // connect() fences nobody: the id is taken only by the request that a first transaction sends.
    await (await producer.transaction()).abort();
  } catch (error) {
    await producer.disconnect();
    throw error;
  }
  return new KafkaTransactionalAppender(producer, topics, transactionalId);
}

class KafkaTransactionalAppender implements TransactionalAppender {
  readonly #producer: Producer;
  readonly #topics: KafkaTopics;
  readonly #id: string;
  /** The client's producer cannot be used again after some failures: what it was is said again. */
  #dead: Error | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(producer: Producer, topics: KafkaTopics, id: string) {
    this.#producer = producer;
    this.#topics = topics;
    this.#id = id;
  }

  append(records: readonly NewRecord[]): Promise<void> {
    const turn = this.#last.then(() => this.#transact(records));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#producer.disconnect();
  }

  async #transact(records: readonly NewRecord[]): Promise<void> {
    if (this.#dead) throw this.#dead;
    if (records.length === 0) return;
    // Before anything is begun: sending to a missing topic would be retried for as long as an outage is.
    await this.#topics.mustExist(records.map((record) => record.topic));
    let begun: Awaited<ReturnType<Producer['transaction']>> | undefined;
    try {
      begun = await this.#producer.transaction();
      for (const portion of portionsOf(records)) {
        await begun.sendBatch({ topicMessages: toTopicMessages(portion), acks: -1 });
      }
      await begun.commit();
    } catch (error) {
      if (isFenced(error)) this.#dead = new FencedError(this.#id);
      else {
        // Where the abort fails too, it is not known whether the commit was done: only a new holder can find out.
        await begun?.abort().catch(() => {
          this.#dead = new Error(`transaction of ${this.#id} has an unknown end; open it again`, { cause: error });
        });
      }
      throw this.#dead ?? error;
    }
  }
}

function isFenced(error: unknown): boolean {
  for (const e of errorChain(error)) if (FENCED.has((e as { type?: string }).type ?? '')) return true;
  return false;
}
