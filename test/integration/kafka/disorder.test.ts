import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { topicSpecs } from '#services/detector/topics.ts';
import { undisturbedAlerts, writtenRecords } from '../../support/portal-log.ts';
import { openWorld, PARTITIONS } from './detector-world.ts';
import type { VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

const eventOf = ({ value }: NewRecord) => JSON.parse(Buffer.from(value!).toString('utf8')) as { id: string };
const idOf = (record: NewRecord): string => eventOf(record).id;

/** Every seventh record comes up to 40 records late, as of that time. */
function late(records: readonly NewRecord[]): NewRecord[] {
  const places = records.map((record, i) => ({ record, at: i % 7 === 3 ? i + 1 + ((i * 37) % 40) : i }));
  places.sort((a, b) => a.at - b.at);
  let arrivalMs = 0;
  return places.map(({ record }) => {
    arrivalMs = Math.max(arrivalMs, record.timeMs!);
    return { ...record, timeMs: arrivalMs };
  });
}

/** Every fifth record comes again, up to 50 records later. */
function duplicated(records: readonly NewRecord[]): NewRecord[] {
  const again = records.flatMap((_, i) => (i % 5 === 2 ? [{ i, at: i + 1 + ((i * 53) % 50) }] : []));
  const places = [...records.map((_, i) => ({ i, at: i })), ...again].sort((a, b) => a.at - b.at || a.i - b.i);
  return places.map(({ i, at }) => ({ ...records[i]!, timeMs: records[Math.min(at, records.length - 1)]!.timeMs! }));
}

describeWithKafka('input in disorder', ({ brokers }) => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'disorder-test' });
  });
  afterAll(() => log.close());

  /** A metric of the service, summed over its labels. */
  const metric = async (process: VigieProcess, start: string): Promise<number> => {
    const port = process.events('started')[0]!.metricsPort;
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(start));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  test('late records and duplicates: the alerts of the log as it is, and no other than without the duplicates', async () => {
    const world = await openWorld(log, brokers, { config: { metrics: { port: 0 } } });
    try {
      const seen = new Set<string>();
      const once = late(world.records).filter((record) => seen.size < seen.add(idOf(record)).size);
      const twice = duplicated(once);
      expect(twice.length - once.length).toBeGreaterThan(1000);
      // Two days old when they come: too late for anything.
      const end = once.at(-1)!;
      const tooOld = once.slice(0, 40).map((record) => {
        const value = Buffer.from(JSON.stringify({ ...eventOf(record), id: `${idOf(record)}-old` }));
        return { ...record, value, timeMs: end.timeMs! };
      });
      const process = world.start();
      await world.append([...twice, ...tooOld]);
      const alerts = await world.expectExactlyOnce();

      const orderly = openMemoryLog({ nowMs: () => 0 });
      await orderly.createTopics(topicSpecs(world.topics, PARTITIONS));
      await orderly.append(once);
      expect([...(await undisturbedAlerts(orderly, world.topics))].sort()).toEqual([...alerts]);

      // It has happened: each duplicate was seen as one, and each that is too old has a dead letter.
      const duplicates = () => metric(process, 'vigie_events_duplicate_total');
      await expect.poll(duplicates, { timeout: 60_000, interval: 500 }).toBe(twice.length - once.length);
      const letters = async () =>
        (await writtenRecords(log, world.topics.deadLetter)).map(
          ({ content }) => (JSON.parse(content) as { reason: string }).reason,
        );
      await expect.poll(letters, { timeout: 60_000, interval: 500 }).toEqual(tooOld.map(() => 'time_too_old'));
      await process.signal('SIGTERM');
    } finally {
      await world.close();
    }
  });
});
