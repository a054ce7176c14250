import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { Consuming, EventLog, LogBatch } from '#libs/ports/event-log.ts';
import { describeWithKafka } from './with-kafka.ts';

/** Longer than the session of a member (6 s): without a sign of life the broker gives its partitions to others. */
const LONG_MS = 9000;

describeWithKafka('a member of a group whose handler takes its time', ({ brokers }) => {
  let log: EventLog;
  let topic: string;
  const members: Consuming[] = [];
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'group-member' });
  });
  afterAll(() => log.close());
  beforeEach(async () => {
    topic = `slow.${randomUUID()}`;
    await log.createTopics([{ name: topic, partitions: 2, compacted: false }]);
  });
  afterEach(async () => {
    for (const member of members.splice(0)) await member.stop();
  });

  let appended = [0, 0, 0, 0];
  beforeEach(() => {
    appended = [0, 0, 0, 0];
  });
  const append = async (partition: number, count: number) => {
    const from = appended[partition]!;
    appended[partition] = from + count;
    const value = (n: number) => Buffer.from(String(from + n));
    await log.append(Array.from({ length: count }, (_, n) => ({ topic, key: null, partition, value: value(n) })));
  };
  /** Where each partition stands, over all members, and what each has seen of it. */
  const join = async (positions: Map<number, number>, onBatch: (batch: LogBatch) => Promise<void>) => {
    const member = { assigned: [] as number[], revoked: [] as number[], seen: upTo(4).map((): number[] => []) };
    const consuming = await log.consume({
      group: `group.${topic}`,
      topic,
      handler: {
        assigned: async (partition) => {
          member.assigned.push(partition);
          return positions.get(partition) ?? 0;
        },
        batch: async (batch) => {
          await onBatch(batch);
          for (const { value } of batch.records) member.seen[batch.partition]!.push(Number(Buffer.from(value!)));
          positions.set(batch.partition, batch.next);
        },
        revoked: async (partition) => void member.revoked.push(partition),
        failed: (error) => {
          throw error;
        },
      },
    });
    members.push(consuming);
    return member;
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

  test('longer than its session: the group hears of it all the while and takes nothing from it', async () => {
    const positions = new Map<number, number>();
    let waits = 0;
    const slow = async () => {
      if (waits++ === 0) await new Promise((resolve) => setTimeout(resolve, LONG_MS));
    };
    const a = await join(positions, slow);
    const b = await join(positions, async () => {});
    // While one joins the other may have had both for a moment.
    await until(() => a.assigned.length - a.revoked.length === 1 && b.assigned.length - b.revoked.length === 1);
    const before = [a.assigned.length, b.assigned.length];
    const mine = a.assigned.find((partition) => !a.revoked.includes(partition)) as 0 | 1;
    // More than may wait: the client is held up, too.
    for (let n = 0; n < 5; n++) await append(mine, 1000);
    await until(() => a.seen[mine].length === 5000);
    await append(mine, 10);
    await until(() => a.seen[mine].length === 5010);
    expect(waits).toBeGreaterThan(1);
    expect(a.seen[mine]).toEqual(upTo(5010));
    expect([a.assigned.length, b.assigned.length]).toEqual(before);
    expect(b.seen[mine]).toEqual([]);
  });

  test('one partition waits, the other goes on; nothing of what waited is lost or comes twice', async () => {
    const gate = Promise.withResolvers<void>();
    const member = await join(new Map(), ({ partition }) => (partition === 0 ? gate.promise : Promise.resolve()));
    await append(0, 100);
    for (let round = 1; round <= 5; round++) {
      await append(1, 50);
      await append(0, 50);
      await until(() => member.seen[1].length === round * 50);
    }
    expect(member.seen[0]).toEqual([]);
    gate.resolve();
    await until(() => member.seen[0].length === 350);
    expect(member.seen.slice(0, 2)).toEqual([upTo(350), upTo(250)]);
  });

  test('what waits for a partition that moves is left to its heir', async () => {
    // Each member gets one of 0 and 1, whose batches wait, and one of 2 and 3, which tell what the first member knows.
    topic = `moves.${randomUUID()}`;
    await log.createTopics([{ name: topic, partitions: 4, compacted: false }]);
    const gate = Promise.withResolvers<void>();
    const positions = new Map<number, number>();
    let begun = 0;
    const told: number[] = [];
    const a = await join(positions, async ({ partition }) => {
      if (partition >= 2) return void told.push(partition);
      begun += 1;
      await gate.promise;
    });
    for (const partition of [0, 1]) await append(partition, 100);
    await until(() => begun === 2);
    for (const partition of [0, 1]) for (let n = 0; n < 3; n++) await append(partition, 100);
    const heir = { seen: [[], [], [], []] as number[][] };
    let asked = false;
    const b = await log.consume({
      group: `group.${topic}`,
      topic,
      handler: {
        assigned: async (partition) => {
          if (!asked) {
            // The heir may hear of the new generation first: the gate opens when the other has fetched something of it, too.
            asked = true;
            for (const teller of [2, 3]) await append(teller, 1);
            await until(() => told.length > 0);
            gate.resolve();
          }
          await until(() => a.revoked.includes(partition));
          return positions.get(partition) ?? 0;
        },
        batch: async ({ partition, records }) => {
          heir.seen[partition]!.push(...records.map(({ value }) => Number(Buffer.from(value!))));
        },
        revoked: async () => {},
        failed: () => {},
      },
    });
    members.push(b);
    const seen = (partition: number) => [...a.seen[partition], ...heir.seen[partition]!];
    await until(() => seen(0).length >= 400 && seen(1).length >= 400);
    expect([seen(0), seen(1)]).toEqual([upTo(400), upTo(400)]);
    const moved = a.revoked.filter((partition) => partition < 2);
    expect(moved).toHaveLength(1);
    expect(heir.seen[moved[0]!]!.length).toBeGreaterThan(0);
  });

  test('a partition whose opening meets a fault that passes is asked for again, and one that goes away meanwhile is let go', async () => {
    const passing = () =>
      new Error('it ends nobody knows how', { cause: new kafkajs.KafkaJSConnectionError('away', { broker: 'b' }) });
    for (const partition of [0, 1]) await append(partition, 10);
    let isHealthy = false;
    const tries = [0, 0];
    const failed: Error[] = [];
    const seen: number[][] = [[], []];
    const revoked: number[] = [];
    const a = await log.consume({
      group: `group.${topic}`,
      topic,
      handler: {
        assigned: async (partition) => {
          tries[partition]! += 1;
          if (!isHealthy) throw passing();
          return 0;
        },
        batch: async ({ partition, records }) => void seen[partition]!.push(...records.map(({ offset }) => offset)),
        revoked: async (partition) => void revoked.push(partition),
        failed: (error) => void failed.push(error),
      },
    });
    members.push(a);
    await until(() => tries.every((n) => n >= 2));
    const b = await join(new Map(), async () => {});
    await until(() => b.assigned.length === 1);
    const [moved] = b.assigned as [0 | 1];
    const before = tries[moved]!;
    await until(() => tries[1 - moved]! >= before + 2);
    isHealthy = true;
    await until(() => seen[1 - moved]!.length === 10 && b.seen[moved].length === 10);
    // What was never opened is given up without a word, and is not asked for any more.
    expect({ failed, revoked, other: seen[moved] }).toEqual({ failed: [], revoked: [], other: [] });
    expect(tries[moved]).toBeLessThanOrEqual(before + 1);
  });

  test('a partition that cannot be opened for a reason of its own ends the member, which says so', async () => {
    const failed = Promise.withResolvers<Error>();
    const handler = { assigned: () => Promise.reject(new Error('of another key')), failed: failed.resolve };
    const idle = { batch: async () => {}, revoked: async () => {} };
    members.push(await log.consume({ group: `group.${topic}`, topic, handler: { ...handler, ...idle } }));
    expect((await failed.promise).message).toBe('of another key');
  });
});
