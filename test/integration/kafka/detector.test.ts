import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { decodeEntry } from '#services/detector/journal-entry.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { createPortalTopics, portalRecords, undisturbedAlerts, writtenRecords } from '../../support/portal-log.ts';
import type { Installation } from './vigie-process.ts';
import { install, VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

const PARTITIONS = 4;

describeWithKafka('detector on Kafka, as processes', ({ brokers }) => {
  let log: EventLog;
  let topics: TopicNames;
  let installation: Installation;
  let records: NewRecord[];
  const running: VigieProcess[] = [];

  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'detector-test' });
  });
  afterAll(() => log.close());
  afterEach(async () => {
    for (const process of running.splice(0)) {
      process.child.kill('SIGCONT');
      await process.signal('SIGKILL');
    }
  });

  const world = async () => {
    const prefix = `d${randomUUID().slice(0, 8)}`;
    topics = await createPortalTopics(log, prefix, PARTITIONS);
    installation = await install(brokers, prefix);
    records = portalRecords(topics.access);
  };
  const start = () => {
    const process = new VigieProcess('detector', installation);
    running.push(process);
    return process;
  };
  const append = async (some: readonly NewRecord[]) => {
    for (let at = 0; at < some.length; at += 2000) await log.append(some.slice(at, at + 2000));
  };
  /** Alerts and journal as they stand once the undisturbed alerts are all there; fails in the test's time limit if never. */
  const settled = async () => {
    const expected = new Map([...(await undisturbedAlerts(log, topics))].sort());
    expect(expected.size).toBeGreaterThan(5);
    let written = await writtenRecords(log, topics.alerts);
    while (written.length < expected.size) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      written = await writtenRecords(log, topics.alerts);
    }
    return { expected, written };
  };
  const expectExactlyOnce = async () => {
    const { expected, written } = await settled();
    expect(written).toHaveLength(expected.size);
    expect(new Map(written.map((r) => [r.id, r.content] as const).sort())).toEqual(expected);
    const numbers: number[][] = Array.from({ length: PARTITIONS }, () => []);
    const from = new Map((await log.bounds(topics.journal)).map((b) => [b.partition, b.first]));
    for await (const batch of log.read({ topic: topics.journal, from })) {
      for (const record of batch.records) {
        const entry = decodeEntry(record.value);
        if (entry.kind !== 'opened') numbers[batch.partition]!.push(entry.seq);
      }
    }
    for (const some of numbers) expect(some).toEqual(some.map((_, i) => i + 1));
  };

  test('killed -9 again and again while events pour in: every alert once, no gap in the journal', async () => {
    await world();
    const pouring = append(records);
    let kills = 0;
    for (let life = 0; life < 5; life++) {
      const process = start();
      await process.until((p) => p.events('partition_opened').length === PARTITIONS);
      if (life % 2 === 0) await process.until((p) => p.events('alert_decided').length > 0 || kills > 2);
      await process.signal('SIGKILL');
      kills += 1;
    }
    await pouring;
    start();
    await expectExactlyOnce();
    expect(kills).toBe(5);
  });

  test('two share the work; when one is killed the other has its partitions within 12 s, and within 2 s after a stop', async () => {
    await world();
    const [a, b] = [start(), start()];
    const third = Math.floor(records.length / 3);
    await a.until((p) => p.events('partition_opened').length > 0);
    await b.until((p) => p.events('partition_opened').length > 0);
    await append(records.slice(0, third));
    const held = (p: VigieProcess) => p.events('partition_opened').length - p.events('partition_released').length;
    await b.until(() => held(a) === PARTITIONS / 2 && held(b) === PARTITIONS / 2);
    const killedMs = Date.now();
    await a.signal('SIGKILL');
    await append(records.slice(third, 2 * third));
    await b.until((p) => held(p) === PARTITIONS);
    const killTakeoverMs = Date.now() - killedMs;
    const c = start();
    await c.until((p) => held(p) === PARTITIONS / 2);
    const stoppedMs = Date.now();
    await b.signal('SIGTERM');
    await c.until((p) => held(p) === PARTITIONS);
    const stopTakeoverMs = Date.now() - stoppedMs;
    await append(records.slice(2 * third));
    console.log(`takeover: ${killTakeoverMs} ms after a kill, ${stopTakeoverMs} ms after a stop`);
    await expectExactlyOnce();
    expect(killTakeoverMs).toBeLessThan(12_000);
  });

  test('frozen until another has its partitions, then thawed: it is fenced, and nothing comes twice', async () => {
    await world();
    const zombie = start();
    await zombie.until((p) => p.events('partition_opened').length === PARTITIONS);
    const half = Math.floor(records.length / 2);
    await append(records.slice(0, half));
    await zombie.signal('SIGSTOP');
    const heir = start();
    await heir.until((p) => p.events('partition_opened').length === PARTITIONS);
    await append(records.slice(half));
    await zombie.signal('SIGCONT');
    await expectExactlyOnce();
    await zombie.until(
      (p) => p.events('partition_released').length >= PARTITIONS || p.events('partition_fenced').length > 0,
    );
  });

  test('a topic that grows under it: it ends, says why and what to do, and takes nothing of the new partitions', async () => {
    await world();
    const process = start();
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
    await world();
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
    const process = start();
    await append(mixed);
    await expectExactlyOnce();
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
