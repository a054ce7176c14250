/**
 * A real Kafka for the tests of this folder, by the first of these that can be had: brokers named in KAFKA_BROKERS; a
 * container started by Testcontainers; a process from Apache's jars (JDK and Maven). VIGIE_KAFKA_LADDER names one rung to
 * take alone. Without any, the tests are skipped by name with the reasons, and under CI they fail.
 */
import type { TestProject } from 'vitest/node';
import { KafkaContainer } from './kafka-container.ts';
import { kafkaImage } from './kafka-image.ts';
import { startLocalBroker } from './local-broker.ts';

export interface RealKafka {
  /** `host:port,…`; '' where there is none. */
  readonly brokers: string;
  readonly how: 'given' | 'testcontainers' | 'jars' | 'none';
  /** Id of the container, '' where it is none. */
  readonly container: string;
  /** Why there is none. */
  readonly reason: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    kafka: RealKafka;
  }
}

const NONE: RealKafka = { brokers: '', how: 'none', container: '', reason: '' };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const begunMs = Date.now();
  const { kafka, stop } = await climb();
  project.provide('kafka', kafka);
  const what = kafka.how === 'none' ? `none: ${kafka.reason}` : `${kafka.how} at ${kafka.brokers} ${kafka.container}`;
  console.log(`kafka for the tests: ${what} (${Date.now() - begunMs} ms)`);
  return stop;
}

async function climb(): Promise<{ kafka: RealKafka; stop: () => Promise<void> }> {
  const given = process.env.KAFKA_BROKERS;
  if (given) return { kafka: { ...NONE, brokers: given, how: 'given' }, stop: async () => {} };
  const only = process.env.VIGIE_KAFKA_LADDER;
  const reasons: string[] = [];
  if (!only || only === 'testcontainers') {
    try {
      const container = await new KafkaContainer(kafkaImage()).start();
      const kafka = {
        ...NONE,
        brokers: container.broker,
        how: 'testcontainers' as const,
        container: container.getId(),
      };
      return { kafka, stop: async () => void (await container.stop({ timeout: 0 })) };
    } catch (error) {
      reasons.push(`no container (${firstLine(error)})`);
    }
  }
  if (!only || only === 'jars') {
    try {
      const local = await startLocalBroker();
      return { kafka: { ...NONE, brokers: local.broker, how: 'jars' }, stop: () => local.stop() };
    } catch (error) {
      reasons.push(`no broker from jars (${firstLine(error)})`);
    }
  }
  return { kafka: { ...NONE, reason: `KAFKA_BROKERS is not set, ${reasons.join(', ')}` }, stop: async () => {} };
}

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n')[0]!;
