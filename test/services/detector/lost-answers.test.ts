/** What a detector does when its log has taken a write and the answer gets lost, or no longer says what stands in it. */
import { expect, test } from 'vitest';
import type { EventLog, LogBatch, NewRecord } from '#libs/ports/event-log.ts';
import { decodeEntry } from '#services/detector/journal-entry.ts';
import { undisturbedAlerts, writtenRecords } from '../../support/portal-log.ts';
import { detector, journal, numbers, PARTITIONS, portal, until } from './harness.ts';

/** The log, with a hand on its transactions: `answer` throws where the answer gets lost. Counts the holders that are open. */
function withAnswers(log: EventLog, answer: (records: readonly NewRecord[]) => void) {
  let open = 0;
  const wrapped = Object.assign(Object.create(log) as EventLog, {
    openTransactional: async (id: string) => {
      const inner = await log.openTransactional(id);
      open++;
      let closed = false;
      return {
        append: async (records: readonly NewRecord[]) => {
          await inner.append(records);
          answer(records);
        },
        close: async () => {
          if (!closed) open--;
          closed = true;
          await inner.close();
        },
      };
    },
    read: (request: Parameters<EventLog['read']>[0]) => log.read(request),
    consume: (request: Parameters<EventLog['consume']>[0]) => log.consume(request),
    bounds: (topic: string) => log.bounds(topic),
    partitionCounts: (names: readonly string[]) => log.partitionCounts(names),
  });
  return { log: wrapped, open: () => open };
}

const kindOf = (records: readonly NewRecord[]) => decodeEntry(records.at(-1)!.value!).kind;

test('answers that get lost, of a write and of becoming the writer anew after it: nobody else was there, so it goes on', async () => {
  const world = await portal();
  let toLose: string[] = [];
  let lost = 0;
  const faulty = withAnswers(world.log, (records) => {
    if (toLose[0] !== kindOf(records)) return;
    toLose.shift();
    lost++;
    throw new Error('no answer');
  });
  const running = await detector(faulty.log, world.topics, { flushEveryMs: 5 });
  await until(() => running.count('partitionOpened') === PARTITIONS);
  toLose = ['decided', 'opened', 'opened', 'decided', 'opened'];
  await world.log.append(world.records);
  const expected = await undisturbedAlerts(world.log, world.topics);
  await until(async () => (await writtenRecords(world.log, world.topics.alerts)).length >= expected.size && lost === 5);
  await running.stop();
  expect(running.count('partitionFenced')).toBe(0);
  expect(running.count('writeUncertain')).toBe(5);
  const written = await writtenRecords(world.log, world.topics.alerts);
  expect(new Map(written.map((r) => [r.id, r.content]))).toEqual(expected);
  expect(written).toHaveLength(expected.size);
  for (const some of await journal(world.log, world.topics)) {
    expect(numbers(some)).toEqual(numbers(some).map((_, i) => i + 1));
  }
  expect(faulty.open()).toBe(0);
});

test('a journal that is no longer read ends the detector, though a write’s end is then not to be known', async () => {
  const world = await portal();
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => {});
  const faulty = withAnswers(world.log, (records) => {
    if (kindOf(records) !== 'decided') return;
    gone.reject(new Error('the journal cannot be read'));
    throw new Error('no answer');
  });
  const log = Object.assign(Object.create(faulty.log) as EventLog, {
    read: (request: Parameters<EventLog['read']>[0]) => {
      const batches = world.log.read(request);
      return request.topic === world.topics.journal && request.follow ? untilGone(batches, gone.promise) : batches;
    },
  });
  const running = await detector(log, world.topics, { flushEveryMs: 5 });
  await world.log.append(world.records);
  expect((await running.failed).message).toBe('the journal cannot be read');
  await until(() => faulty.open() === 0);
});

test('a partition that cannot be opened leaves no writer behind, and it is told why', async () => {
  const world = await portal();
  const faulty = withAnswers(world.log, () => {});
  world.checkpoints.list = () => Promise.reject(new Error('the folder of checkpoints is gone'));
  const running = await detector(faulty.log, world.topics, { checkpoints: world.checkpoints });
  expect((await running.failed).message).toBe('the folder of checkpoints is gone');
  await until(() => faulty.open() === 0);
  expect(running.count('partitionNotOpened')).toBe(PARTITIONS);
  expect(running.count('partitionOpened')).toBe(0);
});

async function* untilGone(batches: AsyncIterable<LogBatch>, gone: Promise<never>): AsyncGenerator<LogBatch> {
  const inner = batches[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([inner.next(), gone]);
    if (next.done) return;
    yield next.value;
  }
}
