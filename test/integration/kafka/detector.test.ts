import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { writtenRecords } from '../../support/portal-log.ts';
import type { DetectorWorld } from './detector-world.ts';
import { openWorld, PARTITIONS } from './detector-world.ts';
import type { VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

describeWithKafka('detector on Kafka, as processes', ({ brokers }) => {
  let log: EventLog;
  let world: DetectorWorld;

  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'detector-test' });
  });
  afterAll(() => log.close());
  beforeEach(async () => {
    world = await openWorld(log, brokers);
  });
  afterEach(() => world.close());

  test('two share the work; when one is killed the other has its partitions within 12 s, and within 2 s after a stop', async () => {
    const { records } = world;
    const [a, b] = [world.start(), world.start()];
    const third = Math.floor(records.length / 3);
    await a.until((p) => p.events('partition_opened').length > 0);
    await b.until((p) => p.events('partition_opened').length > 0);
    await world.append(records.slice(0, third));
    const held = (p: VigieProcess) => p.events('partition_opened').length - p.events('partition_released').length;
    await b.until(() => held(a) === PARTITIONS / 2 && held(b) === PARTITIONS / 2);
    const killedMs = Date.now();
    await a.signal('SIGKILL');
    await world.append(records.slice(third, 2 * third));
    await b.until((p) => held(p) === PARTITIONS);
    const killTakeoverMs = Date.now() - killedMs;
    const c = world.start();
    await c.until((p) => held(p) === PARTITIONS / 2);
    const stoppedMs = Date.now();
    await b.signal('SIGTERM');
    await c.until((p) => held(p) === PARTITIONS);
    const stopTakeoverMs = Date.now() - stoppedMs;
    await world.append(records.slice(2 * third));
    console.log(`takeover: ${killTakeoverMs} ms after a kill, ${stopTakeoverMs} ms after a stop`);
    await world.expectExactlyOnce();
    expect(killTakeoverMs).toBeLessThan(12_000);
  });

  test('frozen in the midst of a transaction until another has its partitions, then thawed: fenced, and nothing comes twice', async () => {
    const { records } = world;
    const zombie = world.start('detector', { step: 'alert.sent', signal: 'SIGSTOP' });
    await zombie.until((p) => p.events('partition_opened').length === PARTITIONS);
    await world.append(records);
    await zombie.until((p) => p.events('struck').length === 1);
    const heir = world.start();
    await heir.until((p) => p.events('partition_opened').length === PARTITIONS);
    expect(zombie.events('partition_fenced')).toEqual([]);
    await zombie.signal('SIGCONT');
    // Its alerts are with the broker and wait for the end of their transaction, which it asks for now.
    await zombie.until((p) => p.events('partition_fenced').length > 0);
    await world.expectExactlyOnce();
    expect(zombie.child.exitCode, zombie.said()).toBeNull();
  });

  test('told to stop while it still starts, it stops', async () => {
    const process = world.start('detector', { step: 'log.opening', signal: 'SIGTERM' });
    await process.exited;
    expect(process.events('struck')).toHaveLength(1);
    expect(process.child.exitCode, process.said()).toBe(130);
    expect(process.events('started')).toEqual([]);
    expect(process.events('stopped')).toHaveLength(1);
  });

  test('a topic that grows under it: it ends, says why and what to do, and takes nothing of the new partitions', async () => {
    const { records, topics } = world;
    const process = world.start();
    await process.until((p) => p.events('partition_opened').length === PARTITIONS);
    const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: topics.access, count: PARTITIONS + 1 }] });
    await admin.disconnect();
    await log.append(records.slice(0, 500).map((record) => ({ ...record, partition: PARTITIONS })));
    await process.exited;
    expect(process.child.exitCode).toBe(1);
    expect(process.said()).toContain(`had ${PARTITIONS} partitions and has ${PARTITIONS + 1} now`);
    expect(process.said()).toContain('Write to a new topic');
    expect(await writtenRecords(log, topics.alerts)).toEqual([]);
  });

  test('100,000 rejected records among good ones: a dead letter for each, once, and the same alerts', async () => {
    const { records, topics } = world;
    const bad = (i: number): NewRecord => ({
      topic: topics.access,
      key: `bad-${i}`,
      value: Buffer.from(i % 2 ? `{"id":"${i}","time":"yesterday"}` : 'this is no event'),
      timeMs: records[0]!.timeMs!,
    });
    const share = Math.ceil(100_000 / records.length);
    let made = 0;
    const mixed = records.flatMap((record) => {
      const some = Array.from({ length: Math.min(share, 100_000 - made) }, (_, i) => bad(made + i));
      made += some.length;
      return [record, ...some];
    });
    const process = world.start();
    await world.append(mixed);
    await world.expectExactlyOnce();
    let letters = 0;
    const seen = new Set<string>();
    while (seen.size < 100_000) {
      letters = 0;
      seen.clear();
      for (const letter of await writtenRecords(log, topics.deadLetter)) {
        letters += 1;
        seen.add(letter.id);
      }
      if (seen.size < 100_000) await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(letters).toBe(100_000);
    await process.signal('SIGTERM');
  });
});
