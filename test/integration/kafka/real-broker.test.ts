import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { describeWithKafka } from './with-kafka.ts';

describeWithKafka('the broker of these tests', ({ brokers, how, container }) => {
  test('answers, and is the one Testcontainers started where it did', async () => {
    const log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'real-broker' });
    expect(await log.partitionCounts(['no.such.topic'])).toEqual(new Map());
    await log.close();
    if (how !== 'testcontainers') return;
    const format = '{{index .Config.Labels "org.testcontainers"}} {{.State.Running}} {{.Config.Image}}';
    const said = execFileSync('docker', ['inspect', '-f', format, container], { encoding: 'utf8' }).trim();
    expect(said).toMatch(/^true true .*kafka:4\./);
  });
});
