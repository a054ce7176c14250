/** Simulated events onto a Kafka topic, keyed by account as a portal writes them: a generator of load. */
import type { KafkaConnection } from '#libs/adapters/kafka/connection.ts';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { NewRecord } from '#libs/ports/event-log.ts';
import { TopicMissingError } from '#libs/ports/event-log.ts';
import { CommandFailure } from '#services/cli/exit-code.ts';
import type { KafkaAddress } from '#services/config/kafka-address.ts';
import type { Delivery } from './simulation.ts';

const BATCH_RECORDS = 2000;

/** Waits until an event's time has come; without it events go as fast as the log takes them. */
export interface Pace {
  waitMs(arrivalMs: number): number;
  until(arrivalMs: number, signal: AbortSignal): Promise<unknown>;
}

/** Where the events go, and how to sign in there. */
export interface KafkaTarget extends Pick<KafkaAddress, 'brokers' | 'topic'>, Pick<KafkaConnection, 'tls' | 'signIn'> {}

/**
 * Appends the deliveries to the target's topic, in order for each account; stops early only when `signal` says so. Returns
 * how many were appended. @throws CommandFailure when the topic or its brokers cannot be reached
 */
export async function sendToKafka(
  deliveries: Iterable<Delivery>,
  { brokers, topic, ...signIn }: KafkaTarget,
  pace: Pace | undefined,
  signal: AbortSignal,
): Promise<number> {
  let sent = 0;
  try {
    const log = await openKafkaLog({ ...signIn, brokers, clientId: 'vigie-simulate' });
    try {
      let batch: NewRecord[] = [];
      const flush = async () => {
        await log.append(batch);
        sent += batch.length;
        batch = [];
      };
      for (const { line, accountId, arrivalMs } of deliveries) {
        if (signal.aborted) break;
        if (pace !== undefined && pace.waitMs(arrivalMs) > 0) {
          await flush();
          await pace.until(arrivalMs, signal);
        }
        batch.push({ topic, key: accountId, value: Buffer.from(line, 'utf8') });
        if (batch.length >= BATCH_RECORDS) await flush();
      }
      await flush();
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof TopicMissingError) throw new CommandFailure(error.message);
    throw new CommandFailure(
      `Kafka at ${brokers.join(', ')}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return sent;
}
