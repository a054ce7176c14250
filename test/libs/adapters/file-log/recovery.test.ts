import { appendFile, mkdtemp, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';
import { LogDamagedError } from '#libs/adapters/file-log/partition.ts';
import type { EventLog } from '#libs/ports/event-log.ts';

const nowMs = () => Date.UTC(2026, 2, 2);
const folder = () => mkdtemp(join(tmpdir(), 'vigie-file-log-'));
const TOPIC = { name: 't', partitions: 2, compacted: false };
const put = (log: EventLog, partition: number, ...values: string[]) =>
  log.append(values.map((v) => ({ topic: 't', key: null, partition, value: Buffer.from(v) })));

async function values(log: EventLog, partition: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const batch of log.read({ topic: 't', from: new Map([[partition, 0]]) })) {
    seen.push(...batch.records.map((r) => Buffer.from(r.value!).toString()));
  }
  return seen;
}
const segment = (path: string, partition: number) => join(path, 't', String(partition), `${'0'.repeat(20)}.log`);

/** A log with three appends to partition 0 and one to both, closed. */
async function written(): Promise<string> {
  const path = await folder();
  const log = await openFileLog({ folder: path, nowMs });
  await log.createTopics([TOPIC]);
  for (const v of ['one', 'two', 'three']) await put(log, 0, v);
  await log.append([0, 1].map((partition) => ({ topic: 't', key: null, partition, value: Buffer.from('both') })));
  await log.close();
  return path;
}

describe('file log, opened again', () => {
  test('has everything, and goes on where it ended', async () => {
    const path = await written();
    const log = await openFileLog({ folder: path, nowMs });
    expect(log.recovered).toEqual([]);
    await put(log, 0, 'four');
    expect(await values(log, 0)).toEqual(['one', 'two', 'three', 'both', 'four']);
    await log.close();
  });

  test('an append cut at any byte leaves nothing of itself and everything before it, says so and keeps the bytes', async () => {
    const path = await written();
    const whole = await readFile(segment(path, 1));
    for (let cut = 1; cut < whole.length; cut++) {
      await writeFile(segment(path, 1), whole.subarray(0, cut));
      const log = await openFileLog({ folder: path, nowMs });
      expect(await values(log, 1)).toEqual([]);
      expect(log.recovered).toMatchObject([{ topic: 't', partition: 1, bytes: cut, records: 0 }]);
      expect(await readFile(log.recovered[0]!.savedAs)).toEqual(whole.subarray(0, cut));
      await log.close();
      expect((await stat(segment(path, 1))).size).toBe(0);
    }
  });

  test('an append to several partitions that was never finished is gone from all of them', async () => {
    const path = await written();
    await truncate(join(path, 'finished-writes'), 0);
    const log = await openFileLog({ folder: path, nowMs });
    expect(await values(log, 0)).toEqual(['one', 'two', 'three']);
    expect(await values(log, 1)).toEqual([]);
    expect(log.recovered.map((r) => [r.partition, r.records])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    await put(log, 0, 'after');
    await log.append([0, 1].map((partition) => ({ topic: 't', key: null, partition, value: Buffer.from('again') })));
    await log.close();
    const later = await openFileLog({ folder: path, nowMs });
    expect(await values(later, 0)).toEqual(['one', 'two', 'three', 'after', 'again']);
    expect(await values(later, 1)).toEqual(['again']);
    await later.close();
  });

  test('a torn entry in the file of finished writes loses no write finished before it', async () => {
    const path = await written();
    await appendFile(join(path, 'finished-writes'), Buffer.from([1, 2, 3]));
    const log = await openFileLog({ folder: path, nowMs });
    expect(await values(log, 1)).toEqual(['both']);
    await log.append([0, 1].map((partition) => ({ topic: 't', key: null, partition, value: Buffer.from('more') })));
    await log.close();
    const later = await openFileLog({ folder: path, nowMs });
    expect(await values(later, 1)).toEqual(['both', 'more']);
    await later.close();
  });

  test('damage in a finished file is a named error, and nothing is cut', async () => {
    const path = await folder();
    const log = await openFileLog({ folder: path, nowMs, segmentBytes: 40 });
    await log.createTopics([TOPIC]);
    for (const v of ['one', 'two', 'three']) await put(log, 0, v);
    await log.close();
    const files = (await readdir(join(path, 't', '0'))).sort();
    expect(files).toHaveLength(3);
    const first = join(path, 't', '0', files[0]!);
    const bytes = await readFile(first);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(first, bytes);
    const later = await openFileLog({ folder: path, nowMs, segmentBytes: 40 });
    expect(later.recovered).toEqual([]);
    await expect(values(later, 0)).rejects.toThrow(LogDamagedError);
    expect(await readFile(first)).toEqual(bytes);
    await later.close();
  });
});
