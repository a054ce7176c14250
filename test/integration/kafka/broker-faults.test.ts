import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { createPortalTopics, portalRecords, undisturbedAlerts, writtenRecords } from '../../support/portal-log.ts';
import type { StartedKafkaContainer } from './kafka-container.ts';
import { KafkaContainer } from './kafka-container.ts';
import { kafkaImage } from './kafka-image.ts';
import { install, VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

describeWithKafka('a broker that fails under the detector', ({ how }) => {
  if (how !== 'testcontainers') {
    test.skip(`needs a container it may stop; the broker of this run is ${how}`);
    return;
  }
  let kafka: StartedKafkaContainer;
  let log: EventLog;
  let topics: TopicNames;
  let vigie: VigieProcess;
  let records: NewRecord[];

  beforeAll(async () => {
    kafka = await new KafkaContainer(kafkaImage()).start();
    log = await openKafkaLog({ brokers: [kafka.broker], clientId: 'faults-test' });
    const prefix = `f${randomUUID().slice(0, 8)}`;
    topics = await createPortalTopics(log, prefix, 3);
    records = portalRecords(topics.access, { attacks: 3 });
    vigie = new VigieProcess('detector', await install(kafka.broker, prefix));
    await vigie.until((p) => p.events('partition_opened').length === 3);
  });
  afterAll(async () => {
    await vigie?.signal('SIGKILL');
    await log?.close();
    await kafka?.stop({ timeout: 0 });
  });

  const append = (some: readonly NewRecord[]) => log.append(some);

  // Two restarts of the broker alone take a minute and a half where others work on the machine.
  test('paused, stopped and killed with work in hand: every alert comes, and comes once', async () => {
    const part = Math.ceil(records.length / 4);
    await append(records.slice(0, part));

    await kafka.pause();
    const whilePaused = append(records.slice(part, 2 * part));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await kafka.unpause();
    await whilePaused;

    await append(records.slice(2 * part, 3 * part));
    await kafka.halt(10);
    const whileStopped = append(records.slice(3 * part, 3 * part + 500));
    await kafka.resume();
    await whileStopped;

    await append(records.slice(3 * part + 500, 3 * part + 1000));
    await kafka.kill();
    const whileKilled = append(records.slice(3 * part + 1000));
    await kafka.resume();
    await whileKilled;

    const expected = new Map([...(await undisturbedAlerts(log, topics))].sort());
    expect(expected.size).toBeGreaterThan(5);
    let written = await writtenRecords(log, topics.alerts);
    while (written.length < expected.size) {
      if (vigie.child.exitCode !== null) throw new Error(`the detector ended: ${vigie.said()}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      written = await writtenRecords(log, topics.alerts);
    }
    expect(written).toHaveLength(expected.size);
    expect(new Map(written.map((r) => [r.id, r.content] as const).sort())).toEqual(expected);
    // It is the same process: it sat the faults out.
    expect(vigie.events('started')).toHaveLength(1);
    expect(vigie.child.exitCode).toBeNull();
  }, 600_000);
});
