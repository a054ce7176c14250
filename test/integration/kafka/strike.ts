/**
 * Loaded into a service before its own code (`node --import strike.ts?step=…&signal=…`): at the named step the process says so
 * on stderr and sends itself the signal, so that it is killed or frozen exactly there, and the test can prove that it was.
 *
 * Steps of a transaction are named by what it says in the journal (`opened`, `decided`, `alert` for a decision with alerts,
 * `checkpoint`), those of a plain write by the last word of its topic:
 *
 *     alert.send         everything is decided, nothing is sent
 *     alert.sent         the broker has the records, the transaction is open
 *     alert.committing   the end of the transaction is on its way to the broker
 *     alert.committed    the broker has said that it is done, and nobody here has heard it yet
 *     log.opening        the service has begun, and has not reached the broker
 *     access.fetched     records are read, none is folded
 *     checkpoint.put, checkpoint.renamed, checkpoint.kept   the file: before it is written, when it is there, when older ones are gone
 *     offsets.commit     before the group is told
 */
import { writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Admin,
  AdminConfig,
  Consumer,
  ConsumerConfig,
  Producer,
  ProducerConfig,
  TopicMessages,
  Transaction,
} from 'kafkajs';
import kafkajs from 'kafkajs';
import { FileCheckpoints } from '#libs/adapters/file-checkpoints/store.ts';

const { searchParams } = new URL(import.meta.url);
const wanted = searchParams.get('step');
const signal = searchParams.get('signal') as NodeJS.Signals;
let struck = false;

function reach(step: string): void {
  if (struck || step !== wanted) return;
  struck = true;
  writeSync(2, `${JSON.stringify({ event: 'struck', step, signal })}\n`);
  process.kill(process.pid, signal);
}

const lastWord = (topic: string): string => topic.slice(topic.lastIndexOf('.') + 1);

/** What a transaction is about: the journal entry among its records. */
function entryOf(topicMessages: readonly TopicMessages[]): string | undefined {
  const entry = topicMessages.find(({ topic }) => topic.endsWith('.journal'))?.messages.at(-1)?.value;
  if (entry === undefined || entry === null) return undefined;
  const { kind, alerts } = JSON.parse(String(entry)) as { kind: string; alerts?: unknown[] };
  return kind === 'decided' && alerts!.length > 0 ? 'alert' : kind;
}

function watchedTransaction(transaction: Transaction): Transaction {
  let entry: string | undefined;
  return {
    ...transaction,
    sendBatch: async (batch) => {
      const { topicMessages = [] } = batch;
      entry ??= entryOf(topicMessages);
      reach(`${entry}.send`);
      return transaction.sendBatch(batch);
    },
    commit: async () => {
      reach(`${entry}.sent`);
      const committing = transaction.commit();
      // The request is written to the socket in a later turn of the loop, and answered in one after that.
      for (let turn = 0; turn < 2; turn++) await nextTurn();
      reach(`${entry}.committing`);
      await committing;
      reach(`${entry}.committed`);
    },
  };
}

const { prototype } = kafkajs.Kafka;
const { admin: makeAdmin, producer: makeProducer, consumer: makeConsumer } = prototype;

prototype.admin = function (this: typeof prototype, config?: AdminConfig): Admin {
  reach('log.opening');
  return makeAdmin.call(this, config);
};

prototype.producer = function (this: typeof prototype, config?: ProducerConfig): Producer {
  const producer = makeProducer.call(this, config);
  const { transaction, sendBatch } = producer;
  producer.transaction = async () => watchedTransaction(await transaction());
  producer.sendBatch = async (batch) => {
    const topic = lastWord(batch.topicMessages?.[0]?.topic ?? '');
    reach(`${topic}.send`);
    const sent = await sendBatch(batch);
    reach(`${topic}.sent`);
    return sent;
  };
  return producer;
};

prototype.consumer = function (this: typeof prototype, config: ConsumerConfig): Consumer {
  const consumer = makeConsumer.call(this, config);
  const { run, commitOffsets } = consumer;
  consumer.run = ({ eachBatch, ...rest } = {}) =>
    run({
      ...rest,
      eachBatch: async (payload) => {
        if (payload.batch.messages.length > 0) reach(`${lastWord(payload.batch.topic)}.fetched`);
        await eachBatch!(payload);
      },
    });
  consumer.commitOffsets = async (offsets) => {
    reach('offsets.commit');
    await commitOffsets(offsets);
  };
  return consumer;
};

const { put, list } = FileCheckpoints.prototype;
let isPutting = false;
FileCheckpoints.prototype.put = async function (...what) {
  reach('checkpoint.put');
  isPutting = true;
  await put.apply(this, what);
  isPutting = false;
  reach('checkpoint.kept');
};
FileCheckpoints.prototype.list = function (...what) {
  if (isPutting) reach('checkpoint.renamed');
  return list.apply(this, what);
};
