/**
 * What every event log must do, whatever it is made of. An adapter's test calls {@link eventLogContract} with how to open one.
 * Topics get a name of their own in each test, so that a shared broker may serve many runs.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConsumerHandler, EventLog, LogBatch, LogRecord, NewRecord } from '#libs/ports/event-log.ts';
import { FencedError, OffsetGoneError, TopicMissingError } from '#libs/ports/event-log.ts';
import { partitionOf } from '#libs/ports/partition-of.ts';
import { readLatest } from '#libs/ports/read-latest.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const text = (value: Uint8Array | null) => (value === null ? null : Buffer.from(value).toString('utf8'));
const NOW_MS = Date.UTC(2026, 2, 2);

export interface EventLogUnderTest {
  readonly open: () => Promise<EventLog>;
  /** Forgets records before an offset, where the log can be told to. */
  readonly dropBefore?: (log: EventLog, topic: string, partition: number, before: number) => Promise<void>;
}

export function eventLogContract(name: string, under: EventLogUnderTest): void {
  describe(`event log contract: ${name}`, () => {
    let log: EventLog;
    beforeAll(async () => {
      log = await under.open();
    });
    afterAll(() => log.close());

    const topic = async (partitions: number, compacted = false) => {
      const created = `contract.${randomUUID()}`;
      await log.createTopics([{ name: created, partitions, compacted }]);
      return created;
    };
    const record = (to: string, key: string, value: string): NewRecord => ({
      topic: to,
      key,
      value: bytes(value),
      timeMs: NOW_MS,
    });
    const all = async (from: string, starts?: ReadonlyMap<number, number>): Promise<LogRecord[][]> => {
      const bounds = await log.bounds(from);
      const read: LogRecord[][] = bounds.map(() => []);
      const wanted = starts ?? new Map(bounds.map((b) => [b.partition, b.first]));
      for await (const batch of log.read({ topic: from, from: wanted })) read[batch.partition]!.push(...batch.records);
      return read;
    };
    const values = async (from: string) => (await all(from)).flat().map((r) => text(r.value));

    /** What transactions wrote is seen soon after they end, not at once: waits for `count` records, then reads again. */
    const valuesOnceThere = async (from: string, count: number) => {
      const stop = new AbortController();
      const starts = new Map((await log.bounds(from)).map((b) => [b.partition, b.first]));
      let seen = 0;
      for await (const batch of log.read({ topic: from, from: starts, follow: true, signal: stop.signal })) {
        seen += batch.records.length;
        if (seen >= count) stop.abort();
      }
      return values(from);
    };

    test('takes more at once than a broker takes as one batch, plainly and in a transaction', async () => {
      const t = await topic(1);
      const large = Array.from({ length: 2500 }, (_, i) => ({
        topic: t,
        key: `k${i}`,
        value: Buffer.alloc(700, i % 251),
      }));
      await log.append(large);
      const appender = await log.openTransactional(`contract.${randomUUID()}`);
      await appender.append(large);
      await appender.close();
      const [bounds] = await log.bounds(t);
      const keys: string[] = [];
      for await (const { records } of log.read({ topic: t, from: new Map([[0, bounds!.first]]) })) {
        for (const { key } of records) keys.push(Buffer.from(key!).toString('utf8'));
      }
      expect(keys).toEqual([...large, ...large].map(({ key }) => key));
    });

    test('appends at once to a topic just made: each record comes once, those of a key in the order of the appends', async () => {
      const t = await topic(12);
      const appends = Array.from({ length: 8 }, (_, a) =>
        Array.from({ length: 1200 }, (_, i) => record(t, `k${i % 60}`, `${a}-${i}`)),
      );
      await Promise.all(appends.map((records) => log.append(records)));
      const byKey = new Map<string, string[]>();
      for (const { key, value } of (await all(t)).flat()) {
        const name = text(key)!;
        byKey.set(name, [...(byKey.get(name) ?? []), text(value)!]);
      }
      const expected = (k: number) =>
        appends.flatMap((_, a) => Array.from({ length: 20 }, (_, n) => `${a}-${k + 60 * n}`));
      expect(byKey.size).toBe(60);
      for (let k = 0; k < 60; k++) expect(byKey.get(`k${k}`)).toEqual(expected(k));
    });

    test('creates a topic once, and says which are there with how many partitions', async () => {
      const name = `contract.${randomUUID()}`;
      const spec = { name, partitions: 3, compacted: false };
      expect(await log.createTopics([spec])).toEqual([name]);
      expect(await log.createTopics([{ ...spec, partitions: 5 }])).toEqual([]);
      expect(await log.partitionCounts([name, 'contract.missing'])).toEqual(new Map([[name, 3]]));
      expect(await log.bounds(name)).toEqual([0, 1, 2].map((partition) => ({ partition, first: 0, end: 0 })));
    });

    test('gives back what was appended: bytes, key, headers, time, in order of appending', async () => {
      const t = await topic(1);
      const binary = Buffer.from([0, 255, 10, 13, 128]);
      await log.append([
        {
          topic: t,
          key: 'PS-é',
          value: binary,
          headers: new Map([
            ['ce_id', 'α'],
            ['ce_type', 'x'],
          ]),
          timeMs: NOW_MS,
        },
        { topic: t, key: null, partition: 0, value: bytes(''), timeMs: NOW_MS + 1 },
      ]);
      await log.append([{ topic: t, key: 'gone', value: null, timeMs: NOW_MS + 2 }]);
      const [records] = await all(t);
      expect(records!.map((r) => r.offset)).toEqual([0, 1, 2]);
      expect(records!.map((r) => r.arrivalMs)).toEqual([NOW_MS, NOW_MS + 1, NOW_MS + 2]);
      expect(records!.map((r) => text(r.key))).toEqual(['PS-é', null, 'gone']);
      expect(Buffer.from(records![0]!.value!)).toEqual(binary);
      expect(records![1]!.value).toHaveLength(0);
      expect(records![2]!.value).toBeNull();
      expect([...records![0]!.headers]).toEqual([
        ['ce_id', 'α'],
        ['ce_type', 'x'],
      ]);
      expect([...records![1]!.headers]).toEqual([]);
    });

    test('keeps a key in one partition, the same as every other Kafka client', async () => {
      const t = await topic(5);
      const keys = Array.from({ length: 60 }, (_, i) => `PS-${i}`);
      await log.append(keys.map((key) => record(t, key, key)));
      const read = await all(t);
      expect(read.flat()).toHaveLength(60);
      read.forEach((records, partition) => {
        for (const r of records) expect(partitionOf(text(r.key)!, 5)).toBe(partition);
      });
      expect(read.filter((records) => records.length > 0).length).toBeGreaterThan(2);
    });

    test('reads from an offset to an offset, in batches no larger than asked', async () => {
      const t = await topic(2);
      await log.append(
        Array.from({ length: 20 }, (_, i) => ({ topic: t, key: null, partition: 1, value: bytes(`${i}`) })),
      );
      const seen: LogBatch[] = [];
      const request = { topic: t, from: new Map([[1, 5]]), until: new Map([[1, 12]]), maxRecords: 3 };
      for await (const batch of log.read(request)) seen.push(batch);
      expect(seen.flatMap((b) => b.records.map((r) => text(r.value)))).toEqual(['5', '6', '7', '8', '9', '10', '11']);
      expect(Math.max(...seen.map((b) => b.records.length))).toBeLessThanOrEqual(3);
      for (const b of seen) expect(b.next).toBeGreaterThan(b.records.at(-1)!.offset);
      expect(seen[0]!.end).toBeGreaterThanOrEqual(20);
    });

    test('reading an empty partition, or from its end, ends at once', async () => {
      const t = await topic(2);
      expect(await all(t)).toEqual([[], []]);
      await log.append([{ topic: t, key: null, partition: 0, value: bytes('a') }]);
      expect(
        await all(
          t,
          new Map([
            [0, 1],
            [1, 0],
          ]),
        ),
      ).toEqual([[], []]);
    });

    test('follows: gives records appended after the reading began, until it is stopped', async () => {
      const t = await topic(1);
      await log.append([record(t, 'k', 'before')]);
      const stop = new AbortController();
      const seen: (string | null)[] = [];
      for await (const batch of log.read({ topic: t, from: new Map([[0, 0]]), follow: true, signal: stop.signal })) {
        seen.push(...batch.records.map((r) => text(r.value)));
        if (seen.length === 1) await log.append([record(t, 'k', 'after')]);
        if (seen.length === 2) stop.abort();
      }
      expect(seen).toEqual(['before', 'after']);
    });

    test('a topic that does not exist is a named error', async () => {
      await expect(log.bounds('contract.missing')).rejects.toThrow(TopicMissingError);
      await expect(all('contract.missing', new Map([[0, 0]]))).rejects.toThrow(TopicMissingError);
    });

    test('a transaction over several topics and partitions is seen whole', async () => {
      const [a, b] = [await topic(2), await topic(1)];
      const writer = await log.openTransactional(`contract-${randomUUID()}`);
      await writer.append([
        { topic: a, key: null, partition: 0, value: bytes('1') },
        { topic: a, key: null, partition: 1, value: bytes('2') },
        record(b, 'k', '3'),
      ]);
      await writer.append([record(b, 'k', '4')]);
      await writer.close();
      expect(await valuesOnceThere(a, 2)).toEqual(['1', '2']);
      expect(await valuesOnceThere(b, 2)).toEqual(['3', '4']);
    });

    test('a transaction that cannot be written leaves nothing, and the next one works', async () => {
      const t = await topic(1);
      const writer = await log.openTransactional(`contract-${randomUUID()}`);
      await expect(writer.append([record(t, 'k', 'half'), record('contract.missing', 'k', 'x')])).rejects.toThrow();
      await writer.append([record(t, 'k', 'whole')]);
      await writer.close();
      expect(await valuesOnceThere(t, 1)).toEqual(['whole']);
    });

    test('a newer holder of a transactional id fences the older one, for good', async () => {
      const t = await topic(1);
      const id = `contract-${randomUUID()}`;
      const older = await log.openTransactional(id);
      await older.append([record(t, 'k', 'old')]);
      const newer = await log.openTransactional(id);
      await expect(older.append([record(t, 'k', 'zombie')])).rejects.toThrow(FencedError);
      await newer.append([record(t, 'k', 'new')]);
      await expect(older.append([record(t, 'k', 'zombie again')])).rejects.toThrow(FencedError);
      await older.close();
      await newer.close();
      expect(await valuesOnceThere(t, 2)).toEqual(['old', 'new']);
    });

    test('the newest record of each key of a compacted topic, tombstones gone', async () => {
      const t = await topic(3, true);
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await log.append(keys.map((key) => record(t, key, `${key}1`)));
      await log.append([
        record(t, 'b', 'b2'),
        { topic: t, key: 'c', value: null },
        record(t, 'e', 'e2'),
        record(t, 'e', 'e3'),
      ]);
      const latest = await readLatest(log, t);
      expect(new Map([...latest].map(([key, r]) => [key, text(r.value)]).sort() as [string, string][])).toEqual(
        new Map([
          ['a', 'a1'],
          ['b', 'b2'],
          ['d', 'd1'],
          ['e', 'e3'],
        ]),
      );
    });

    test('one member of a group gets every record of every partition, in order, from the offset it asks for', async () => {
      const t = await topic(3);
      const put = (from: number, to: number) =>
        log.append(
          Array.from({ length: to - from }, (_, i) => ({
            topic: t,
            key: null,
            partition: (from + i) % 3,
            value: bytes(`${from + i}`),
          })),
        );
      await put(0, 30);
      const member = recorder((partition) => (partition === 0 ? 5 : 0));
      const consuming = await log.consume({ group: `contract-${randomUUID()}`, topic: t, handler: member.handler });
      await member.until(() => member.count() === 25);
      await put(30, 60);
      await member.until(() => member.count() === 55);
      await consuming.commit(0, 20);
      await consuming.stop();
      for (const partition of [0, 1, 2]) {
        const from = partition === 0 ? 5 : 0;
        const expected = Array.from({ length: 20 - from }, (_, i) => `${(i + from) * 3 + partition}`);
        expect(member.values.get(partition)).toEqual(expected);
      }
      expect([...member.revoked].sort()).toEqual([0, 1, 2]);
      expect(member.overlaps).toBe(0);
    });

    test('two members share the partitions; when one leaves the other takes over from where it is told', async () => {
      const t = await topic(4);
      const group = `contract-${randomUUID()}`;
      const positions = new Map<number, number>();
      const start = (partition: number) => positions.get(partition) ?? 0;
      const put = (round: number) =>
        log.append(
          [0, 1, 2, 3].map((partition) => ({ topic: t, key: null, partition, value: bytes(`${round}/${partition}`) })),
        );
      const [a, b] = [recorder(start, positions), recorder(start, positions)];
      const first = await log.consume({ group, topic: t, handler: a.handler });
      await put(1);
      await a.until(() => a.count() === 4);
      const second = await log.consume({ group, topic: t, handler: b.handler });
      await b.until(() => b.held.size === 2 && a.held.size === 2);
      expect(new Set([...a.held, ...b.held]).size).toBe(4);
      await put(2);
      await b.until(() => a.count() + b.count() === 8);
      await first.stop();
      await b.until(() => b.held.size === 4);
      await put(3);
      await b.until(() => a.count() + b.count() === 12);
      await second.stop();
      const got = [0, 1, 2, 3].map((p) => [...(a.values.get(p) ?? []), ...(b.values.get(p) ?? [])]);
      expect(got).toEqual([0, 1, 2, 3].map((p) => [`1/${p}`, `2/${p}`, `3/${p}`]));
    });

    test('a handler that only borrows records reads each whole, however many answers share their memory', async () => {
      const t = await topic(2);
      const each = 1500;
      const value = (i: number) => `${i}/`.padEnd(1200, `${i} `);
      for (let at = 0; at < each; at += 500) {
        await log.append(
          Array.from({ length: 1000 }, (_, i) => {
            const number = at + (i >> 1);
            return { topic: t, key: null, partition: i % 2, value: bytes(value(number)) };
          }),
        );
      }
      const next = [0, 0];
      const wrong: string[] = [];
      const done = Promise.withResolvers<void>();
      const consuming = await log.consume({
        group: `contract-${randomUUID()}`,
        topic: t,
        isLent: true,
        maxRecords: 100,
        handler: {
          assigned: async () => 0,
          batch: async ({ partition, records }) => {
            for (const record of records) {
              // Others are fetched meanwhile.
              if (next[partition]! % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
              const expected = value(next[partition]!++);
              if (Buffer.from(record.value!).toString('utf8') !== expected) wrong.push(`${partition}/${record.offset}`);
              const { bytes: all, valueStart, valueEnd } = record;
              const there = all && Buffer.from(all.slice(valueStart, valueEnd)).toString('utf8');
              if (there !== undefined && there !== expected) wrong.push(`in place ${partition}/${record.offset}`);
            }
            if (next[0] === each && next[1] === each) done.resolve();
          },
          revoked: async () => {},
          failed: (error) => done.reject(error),
        },
      });
      await done.promise;
      await consuming.stop();
      expect(wrong).toEqual([]);
    });

    test('an error of the handler is told to it, not swallowed', async () => {
      const t = await topic(1);
      await log.append([record(t, 'k', 'poison')]);
      const failed = Promise.withResolvers<Error>();
      const consuming = await log.consume({
        group: `contract-${randomUUID()}`,
        topic: t,
        handler: {
          assigned: async () => 0,
          batch: async () => {
            throw new Error('a bug in the handler');
          },
          revoked: async () => {},
          failed: (error) => failed.resolve(error),
        },
      });
      expect((await failed.promise).message).toContain('a bug in the handler');
      await consuming.stop();
    });

    // A log that keeps everything has nothing to show here.
    if (under.dropBefore !== undefined)
      test('what retention has taken is shown by the bounds and is a named error to read', async () => {
        const t = await topic(1);
        await log.append(['0', '1', '2', '3'].map((v) => record(t, 'k', v)));
        await under.dropBefore!(log, t, 0, 3);
        expect(await log.bounds(t)).toEqual([{ partition: 0, first: 3, end: 4 }]);
        await expect(all(t, new Map([[0, 1]]))).rejects.toThrow(OffsetGoneError);
        expect(await values(t)).toEqual(['3']);
      });
  });
}

/** A handler that keeps what it is told. `positions`, where given, learns the offset after each batch. */
function recorder(start: (partition: number) => number, positions = new Map<number, number>()) {
  const seen = new Map<number, (string | null)[]>();
  const held = new Set<number>();
  const revoked: number[] = [];
  const busy = new Set<number>();
  const waiting = new Set<() => void>();
  const self = {
    values: seen,
    held,
    revoked,
    overlaps: 0,
    count: () => [...seen.values()].reduce((sum, some) => sum + some.length, 0),
    /** Waits until `condition` holds; the test's own time limit ends a wait in vain. */
    until: async (condition: () => boolean) => {
      while (!condition()) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve();
          };
          // Looked at now and then as well: the condition may hang on another recorder.
          const timer = setTimeout(wake, 20);
          waiting.add(wake);
        });
      }
    },
    handler: {
      assigned: async (partition) => {
        held.add(partition);
        return start(partition);
      },
      batch: async (batch) => {
        if (busy.has(batch.partition)) self.overlaps += 1;
        busy.add(batch.partition);
        await Promise.resolve();
        seen.set(batch.partition, [...(seen.get(batch.partition) ?? []), ...batch.records.map((r) => text(r.value))]);
        positions.set(batch.partition, batch.next);
        busy.delete(batch.partition);
        for (const wake of [...waiting]) wake();
      },
      revoked: async (partition) => {
        held.delete(partition);
        revoked.push(partition);
      },
      failed: (error) => {
        throw error;
      },
    } satisfies ConsumerHandler,
  };
  return self;
}
