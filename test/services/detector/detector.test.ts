import { describe, expect, test } from 'vitest';
import type { Control } from '#libs/model/input.ts';
import type { Consuming, EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { partitionOf } from '#libs/ports/partition-of.ts';
import { TEST_POLICY, toldByPartition, undisturbedAlerts, writtenRecords } from '../../support/portal-log.ts';
import { detector, journal, numbers, PARTITIONS, portal, until } from './harness.ts';

/** Waits until the detector has folded everything that is in the log now. */
async function through(log: EventLog, access: string, running: { readonly reached: ReadonlyMap<number, number> }) {
  const ends = await log.bounds(access);
  await until(() => ends.every((b) => (running.reached.get(b.partition) ?? -1) >= b.end));
}

/** Runs a detector over what is in the log and stops it in good order. */
async function runThrough(world: Awaited<ReturnType<typeof portal>>, over: Parameters<typeof detector>[2] = {}) {
  const { log, topics, checkpoints } = world;
  const running = await detector(log, topics, { checkpoints, ...over });
  await through(log, topics.access, running);
  await running.stop();
  return running;
}

const sorted = (records: { id: string; content: string }[]) =>
  new Map(records.map((r) => [r.id, r.content] as const).sort());

describe('detector', () => {
  test('writes the alerts of an undisturbed fold, each once, and the journal that names them without a gap', async () => {
    const world = await portal();
    await world.log.append(world.records);
    await runThrough(world);
    const expected = await undisturbedAlerts(world.log, world.topics);
    expect(expected.size).toBeGreaterThan(5);
    const written = await writtenRecords(world.log, world.topics.alerts);
    expect(written).toHaveLength(expected.size);
    expect(sorted(written)).toEqual(new Map([...expected].sort()));
    const entries = await journal(world.log, world.topics);
    for (const some of entries) expect(numbers(some)).toEqual(numbers(some).map((_, i) => i + 1));
    const named = entries
      .flat()
      .flatMap((e) => (e.kind === 'decided' ? e.alerts.map(([id, rev]) => `${id}:${rev}`) : []));
    expect(new Set(named)).toEqual(new Set(expected.keys()));
  });

  test('every record it writes carries the headers of a CloudEvent, with an id of its own', async () => {
    const world = await portal();
    const { log, topics } = world;
    await log.append([...world.records, { topic: topics.access, key: 'bad', value: Buffer.from('not json') }]);
    await runThrough(world);
    for (const topic of [topics.alerts, topics.signals, topics.deadLetter, topics.journal]) {
      const ids: string[] = [];
      const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.first]));
      for await (const { records } of log.read({ topic, from })) {
        for (const { headers } of records) {
          expect(headers.get('content-type')).toBe('application/json');
          expect(headers.get('ce_specversion')).toBe('1.0');
          expect(headers.get('ce_source')).toBe('/vigie/detector');
          expect(headers.get('ce_type')).toMatch(/^vigie\.(alert|signals|dead-letter|journal)$/);
          expect(headers.get('ce_time')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
          ids.push(headers.get('ce_id')!);
        }
      }
      expect(ids.length, topic).toBeGreaterThan(0);
      expect(new Set(ids).size, topic).toBe(ids.length);
    }
  });

  test.each(['with', 'without'])(
    'killed after any write, %s checkpoints: the next one writes what is missing and nothing twice',
    async (how) => {
      const world = await portal();
      await world.log.append(world.records);
      const expected = await undisturbedAlerts(world.log, world.topics);
      // Each life ends at one of its transactions: before it is written, or after it without anybody learning of it. The first
      // three of a life take the partitions over.
      let deaths = 0;
      for (let life = 0; life < 14; life++) {
        const dying = dieAt(world.log, 1 + ((life * 5) % 7), life % 2 === 0);
        const running = await detector(dying.log, world.topics, {
          checkpoints: world.checkpoints,
          checkpointEveryMs: how === 'with' ? 2 : 3_600_000,
        });
        const done = through(world.log, world.topics.access, running);
        deaths += await Promise.race([dying.dead.then(() => 1), done.then(() => 0)]);
        await dying.bury();
        void running.stop();
      }
      expect(deaths).toBeGreaterThan(7);
      if (how === 'without') expect(await world.checkpoints.list(0)).toEqual([]);
      await runThrough(world);
      const written = await writtenRecords(world.log, world.topics.alerts);
      expect(written).toHaveLength(expected.size);
      expect(sorted(written)).toEqual(new Map([...expected].sort()));
      const calm = await portal();
      await calm.log.append(calm.records);
      await runThrough(calm);
      const signals = await toldByPartition(calm.log, calm.topics.signals);
      expect(signals.every((some) => some.length > 0)).toBe(true);
      expect(await toldByPartition(world.log, world.topics.signals)).toEqual(signals);
      for (const some of await journal(world.log, world.topics)) {
        expect(numbers(some)).toEqual(numbers(some).map((_, i) => i + 1));
      }
    },
  );

  test('signals wait for company, not for ever; a partition says how far it is, and once that it rests', async () => {
    const { log, topics, records } = await portal();
    await log.append(records);
    let nowMs = 0;
    const running = await detector(log, topics, { flushEveryMs: 5, clock: { nowMs: () => nowMs } });
    await through(log, topics.access, running);
    const told = async () => (await toldByPartition(log, topics.signals)).flat();
    const count = async (name: string) => (await told()).filter(({ signal }) => signal === name).length;
    // Without stopping, and without a checkpoint.
    await until(async () => (await count('source')) > 0 && (await count('clock')) > 12 * 24 * PARTITIONS);
    expect(await count('rest')).toBe(0);
    nowMs = 10_000;
    await until(async () => (await count('rest')) === PARTITIONS);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await count('rest')).toBe(PARTITIONS);
    await running.stop();
  });

  test('while a checkpoint is being put the fold goes on, and what is put is the state as it was', async () => {
    const world = await portal();
    const half = Math.floor(world.records.length / 2);
    await world.log.append(world.records.slice(0, half));
    const put = world.checkpoints.put.bind(world.checkpoints);
    const gate = Promise.withResolvers<void>();
    const waiting = new Set<number>();
    world.checkpoints.put = async (partition, offset, bytes, keep) => {
      waiting.add(partition);
      await gate.promise;
      await put(partition, offset, bytes, keep);
    };
    const { log, topics, checkpoints } = world;
    const slow = await detector(log, topics, { checkpoints, checkpointEveryMs: 30 });
    await until(() => waiting.size > 0);
    await log.append(world.records.slice(half));
    await through(log, topics.access, slow);
    expect(slow.count('checkpointTaken')).toBe(0);
    gate.resolve();
    await until(() => slow.count('checkpointTaken') > 0);
    // Nothing newer is put: what goes on does so from the states that had to wait.
    world.checkpoints.put = () => Promise.reject(new Error('disk full'));
    await slow.stop();
    const again = await runThrough(world);
    expect(again.count('checkpointPassedOver')).toBe(0);
    expect(again.count('foldDiverged')).toBe(0);
    expect(sorted(await writtenRecords(log, topics.alerts))).toEqual(
      new Map([...(await undisturbedAlerts(log, topics))].sort()),
    );
  });

  test('damaged checkpoints are passed over for the one before, or for the log', async () => {
    const world = await portal();
    await world.log.append(world.records);
    await runThrough(world);
    const expected = await undisturbedAlerts(world.log, world.topics);
    const get = world.checkpoints.get.bind(world.checkpoints);
    world.checkpoints.get = async (partition, offset) => {
      const bytes = (await get(partition, offset))?.slice();
      if (bytes) bytes[bytes.length - 9]! ^= 1;
      return bytes;
    };
    const again = await runThrough(world);
    expect(again.count('checkpointPassedOver')).toBeGreaterThanOrEqual(PARTITIONS);
    expect(again.count('foldDiverged')).toBe(0);
    expect(await writtenRecords(world.log, world.topics.alerts)).toHaveLength(expected.size);
  });

  test('rejected records become dead letters, once each, with their place and nothing of their content', async () => {
    const world = await portal();
    const good = world.records.slice(0, 300);
    const bad = ['not json', '{"id":"x"}', '', '[]', JSON.stringify({ secret: '180056912345678', id: 5 })];
    const mixed: NewRecord[] = good.flatMap((record, i) =>
      i % 3 === 0 ? [record, { topic: record.topic, key: 'bad', value: Buffer.from(bad[i % bad.length]!) }] : [record],
    );
    await world.log.append([...mixed, { topic: world.topics.access, key: 'gone', value: null }]);
    await runThrough(world);
    await runThrough({ ...world, checkpoints: (await portal()).checkpoints });
    const letters = await writtenRecords(world.log, world.topics.deadLetter);
    expect(letters).toHaveLength(101);
    expect(new Set(letters.map((l) => l.id)).size).toBe(101);
    expect(letters.map((l) => l.content).join()).not.toContain('180056912345678');
    const reasons = new Set(letters.map((l) => (JSON.parse(l.content) as { reason: string }).reason));
    expect(reasons).toContain('not_json');
    expect(reasons).toContain('missing_field');
  });

  test('what retention took before it was read is journaled and told, never passed over in silence', async () => {
    const world = await portal();
    await world.log.append(world.records.slice(0, 400));
    await runThrough(world);
    await world.log.append(world.records.slice(400, 1000));
    const before = await world.log.bounds(world.topics.access);
    const at = (await world.checkpoints.list(1))[0]!;
    world.log.dropBefore(world.topics.access, 1, at + 10);
    const running = await runThrough(world);
    expect(before[1]!.end).toBeGreaterThan(at + 10);
    expect(running.seen.filter((s) => s.name === 'recordsMissing').map((s) => s.event)).toEqual([
      { partition: 1, missing: 10 },
    ]);
    const gaps = (await journal(world.log, world.topics)).map((some) => some.filter((e) => e.kind === 'gap'));
    expect(gaps.map((g) => g.length)).toEqual([0, 1, 0]);
    expect(gaps[1]![0]).toMatchObject({ missing: 10, at: at + 10 });
  });

  test('a control takes effect once, at a place that the journal keeps, and a fold made again has it at the same place', async () => {
    const world = await portal();
    const { log, topics, records } = world;
    const half = Math.floor(records.length * 0.9);
    await log.append(records.slice(0, half));
    await runThrough(world);
    const alerted = (await writtenRecords(log, topics.alerts)).map((r) => JSON.parse(r.content) as AlertJson);
    const accountId = (alerted[0] ?? { unmapped: { alert: { account: { id: 'PS-000000' } } } }).unmapped.alert.account
      .id;
    const control: Control = {
      kind: 'control',
      control: 'reenable',
      timeMs: 0,
      accountId,
      reason: 'reset by the help desk',
    };
    await log.append([
      { topic: topics.controls, key: accountId, value: Buffer.from('{"kind":"nonsense"}') },
      { topic: topics.controls, key: accountId, value: Buffer.from(JSON.stringify(control)) },
    ]);
    const partition = partitionOf(accountId, PARTITIONS);
    const running = await detector(log, topics, { checkpoints: world.checkpoints });
    await until(() => running.count('controlTaken') === 1);
    await running.stop();
    expect(running.count('controlRejected')).toBe(1);
    await log.append(records.slice(half));
    await runThrough(world);
    const once = await writtenRecords(log, topics.alerts);
    // From nothing but log and journal: the same alerts are met again, none is new and none is missing.
    const again = await runThrough({ ...world, checkpoints: (await portal()).checkpoints });
    expect(again.count('foldDiverged')).toBe(0);
    expect(again.count('controlTaken')).toBe(0);
    expect(await writtenRecords(log, topics.alerts)).toEqual(once);
    const taken = (await journal(log, topics))[partition]!.filter((e) => e.kind === 'control');
    expect(taken).toHaveLength(1);
    expect(taken[0]).toMatchObject({ source: 1, control: { accountId } });
  });

  test('another policy takes effect where nobody has been, and is met again there', async () => {
    const world = await portal();
    const { log, topics, records } = world;
    const half = Math.floor(records.length / 2);
    await log.append(records.slice(0, half));
    await runThrough(world);
    await log.append(records.slice(half));
    const policy = { ...TEST_POLICY, digest: 'f'.repeat(64) };
    await runThrough(world, { policy });
    const policies = (await journal(log, topics)).map((some) =>
      some.flatMap((e) => (e.kind === 'policy' ? [e.policy.digest] : [])),
    );
    expect(policies).toEqual(Array.from({ length: PARTITIONS }, () => [TEST_POLICY.digest, policy.digest]));
    const once = await writtenRecords(log, topics.alerts);
    const digests = new Set(once.map((r) => (JSON.parse(r.content) as AlertJson).unmapped.alert.policy));
    expect(digests).toContain(policy.digest);
    const again = await runThrough({ ...world, checkpoints: (await portal()).checkpoints }, { policy });
    expect(again.count('foldDiverged')).toBe(0);
    expect(await writtenRecords(log, topics.alerts)).toEqual(once);
  });

  test('a topic with more partitions than before is refused with the way out', async () => {
    const world = await portal();
    await world.log.append(world.records.slice(0, 50));
    await runThrough(world);
    const counts = world.log.partitionCounts.bind(world.log);
    const grown = Object.assign(Object.create(world.log) as EventLog, {
      ...methods(world.log),
      partitionCounts: async (names: readonly string[]) =>
        new Map([...(await counts(names))].map(([name, n]) => [name, name === world.topics.controls ? n : n + 1])),
    });
    const running = await detector(grown, world.topics, { checkpoints: world.checkpoints });
    expect((await running.failed).message).toMatch(/had 3 partitions and has 4 now.*new topic/);
  });
});

interface AlertJson {
  readonly unmapped: { readonly alert: { readonly policy: string; readonly account: { readonly id: string } } };
}

/** The log's methods bound to it, so that some can be replaced. */
function methods(log: EventLog): EventLog {
  return {
    createTopics: (specs) => log.createTopics(specs),
    partitionCounts: (names) => log.partitionCounts(names),
    bounds: (topic) => log.bounds(topic),
    read: (request) => log.read(request),
    append: (records) => log.append(records),
    openTransactional: (id) => log.openTransactional(id),
    consume: (request) => log.consume(request),
    close: () => log.close(),
  };
}

/**
 * The log as a process sees it that is killed at its n-th transaction: the transaction is written or not, the answer never
 * comes, and nothing this process does afterwards reaches anybody.
 */
function dieAt(log: EventLog, transaction: number, written: boolean) {
  const dead = Promise.withResolvers<void>();
  let count = 0;
  let isDead = false;
  let consuming: Consuming | undefined;
  const never = <T>(): Promise<T> => new Promise<T>(() => {});
  const mortal: EventLog = {
    ...methods(log),
    openTransactional: async (id) => {
      const appender = await log.openTransactional(id);
      return {
        close: () => (isDead ? never() : appender.close()),
        append: async (records) => {
          if (isDead) return never();
          count += 1;
          if (count !== transaction) return appender.append(records);
          isDead = true;
          if (written) await appender.append(records);
          dead.resolve();
          return never();
        },
      };
    },
    consume: async (request) => {
      const { handler } = request;
      consuming = await log.consume({
        ...request,
        handler: {
          assigned: (p) =>
            isDead ? Promise.resolve(0) : Promise.race([handler.assigned(p), dead.promise.then(() => 0)]),
          batch: (batch) => (isDead ? Promise.resolve() : Promise.race([handler.batch(batch), dead.promise])),
          revoked: async () => {},
          failed: handler.failed,
        },
      });
      return consuming;
    },
  };
  return { log: mortal, dead: dead.promise, bury: async () => consuming?.stop() };
}
