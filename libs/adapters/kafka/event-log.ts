import type { Admin, Kafka, Producer } from 'kafkajs';
import kafkajs from 'kafkajs';
import type {
  ConsumeRequest,
  Consuming,
  EventLog,
  LogBatch,
  NewRecord,
  PartitionBounds,
  ReadRequest,
  TopicSpec,
  TransactionalAppender,
} from '#libs/ports/event-log.ts';
import { checkCertificates } from './certificate-check.ts';
import type { KafkaConnection } from './connection.ts';
import { BRISK, kafkaClient, PATIENT } from './connection.ts';
import { joinKafkaGroup } from './group-member.ts';
import { readKafka } from './reader.ts';
import { portionsOf, toTopicMessages } from './records.ts';
import { KafkaTopics } from './topics.ts';
import { openKafkaTransactional } from './transactional.ts';

/** Apache Kafka as the event log. Errors: the client's, when no broker answers. */
export async function openKafkaLog(connection: KafkaConnection): Promise<EventLog> {
  if (connection.tls !== undefined) await checkCertificates(connection.brokers, connection.tls);
  const kafka = kafkaClient(connection);
  const admin = kafka.admin({ retry: BRISK });
  await admin.connect();
  return new KafkaEventLog(kafka, admin);
}

class KafkaEventLog implements EventLog {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #topics: KafkaTopics;
  #producer: Promise<Producer> | undefined;
  #appending: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, admin: Admin) {
    this.#kafka = kafka;
    this.#admin = admin;
    this.#topics = new KafkaTopics(admin);
  }

  createTopics(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    return this.#topics.create(specs);
  }

  partitionCounts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#topics.partitionCounts(names);
  }

  bounds(topic: string): Promise<readonly PartitionBounds[]> {
    return this.#topics.bounds(topic);
  }

  read(request: ReadRequest): AsyncIterable<LogBatch> {
    return readKafka(this.#kafka, this.#admin, this.#topics, request);
  }

  /**
   * One append after the other. A request that one partition refuses and others take is sent again with the same sequence
   * numbers, which the client has taken back meanwhile: another append would use them, and its records be taken for the first
   * one's or refused.
   */
  async append(records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#topics.mustExist(records.map((record) => record.topic));
    const turn = this.#appending.then(() => this.#send(records));
    this.#appending = turn.catch(() => {});
    await turn;
  }

  async #send(records: readonly NewRecord[]): Promise<void> {
    const producer = await this.#plainProducer();
    try {
      for (const portion of portionsOf(records)) {
        await producer.sendBatch({ topicMessages: toTopicMessages(portion), acks: -1 });
      }
    } catch (error) {
      // What it has numbered and the broker has not is unknown: the next append begins with a producer of its own.
      this.#producer = undefined;
      producer.disconnect().catch(() => {});
      throw error;
    }
  }

  openTransactional(transactionalId: string): Promise<TransactionalAppender> {
    return openKafkaTransactional(this.#kafka, this.#topics, transactionalId);
  }

  consume(request: ConsumeRequest): Promise<Consuming> {
    return joinKafkaGroup(this.#kafka, this.#topics, request);
  }

  async close(): Promise<void> {
    await (await this.#producer)?.disconnect();
    await this.#admin.disconnect();
  }

  /** Idempotent: a batch that is sent again after a lost answer is written once. */
  #plainProducer(): Promise<Producer> {
    this.#producer ??= (async () => {
      const producer = this.#kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: PATIENT,
      });
      await producer.connect();
      return producer;
    })();
    return this.#producer;
  }
}
