import { describe, inject, test } from 'vitest';
import type { RealKafka } from './global-setup.ts';

/**
 * A group of tests that need a real Kafka. Where there is none they are skipped by name with the reason; under CI that is a
 * failure, so that nobody takes silence for proof.
 */
export function describeWithKafka(name: string, tests: (kafka: RealKafka) => void): void {
  const kafka = inject('kafka');
  if (kafka.how !== 'none') describe(name, () => tests(kafka));
  else if (process.env.CI) {
    test(`${name}: needs a real Kafka`, () => {
      throw new Error(`no Kafka: ${kafka.reason}`);
    });
  } else describe.skip(`${name} (skipped: ${kafka.reason})`, () => tests(kafka));
}
