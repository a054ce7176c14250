import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { detectionFinding } from '#libs/formats/ocsf/index.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { readAlerts } from '#services/responder/alert-reader.ts';
import { createBench } from '../../services/responder/bench.ts';
import { manyAlerts } from '../../support/sample-alert.ts';
import { describeWithKafka } from './with-kafka.ts';

describeWithKafka('alerts read from Kafka', ({ brokers }) => {
  test('while the store is away the group is left and joined again, and every alert is taken in the end', async () => {
    const log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'alert-reader-test' });
    const prefix = `r${randomUUID().slice(0, 8)}`;
    const topics = topicNames(prefix);
    await log.createTopics(topicSpecs(topics, 3));
    const memory = createMemoryStore();
    let refusals = 0;
    const store: typeof memory = {
      ...memory,
      async readPlanning() {
        refusals += 1;
        if (refusals <= 3) throw new Error('no connection to the store');
        return memory.readPlanning();
      },
    };
    const bench = createBench({ store, accounts: 12 });
    const told: string[] = [];
    const reading = await readAlerts({
      log,
      store,
      responder: bench.responder,
      topic: topics.alerts,
      group: `${prefix}.responder`,
      deadLetter: topics.deadLetter,
      onRejection: () => {},
      onFailure: ({ message }) => void told.push(message),
    });
    const alerts = manyAlerts(12);
    for (const alert of alerts) {
      const value = Buffer.from(JSON.stringify(detectionFinding(alert, { productVersion: '0', language: 'en' })));
      await log.append([{ topic: topics.alerts, key: alert.account.id, value }]);
    }
    const stopped = () => alerts.filter(({ account }) => bench.register.get(account.id)?.enabled === false).length;
    await expect.poll(stopped, { timeout: 120_000, interval: 200 }).toBe(alerts.length);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told)).toEqual(new Set(['no connection to the store']));
    await bench.responder.idle();
    for (const { account } of alerts) {
      expect(bench.register.history(account.id).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
    }
    await reading.stop();
    await log.close();
  });
});
