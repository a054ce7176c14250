import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileCheckpoints } from '#libs/adapters/file-checkpoints/store.ts';
import { MemoryCheckpoints } from '#libs/adapters/memory/checkpoints.ts';
import type { CheckpointStore } from '#libs/ports/checkpoints.ts';

const folder = () => mkdtemp(join(tmpdir(), 'vigie-checkpoints-'));
const stores: readonly (readonly [string, () => Promise<CheckpointStore>])[] = [
  ['memory', async () => new MemoryCheckpoints()],
  ['folder', async () => new FileCheckpoints(await folder())],
];

describe.each(stores)('checkpoint store contract: %s', (_name, open) => {
  test('gives back what was put, newest first, and keeps as many as asked', async () => {
    const store = await open();
    expect(await store.list(0)).toEqual([]);
    for (const offset of [5, 100, 20]) await store.put(0, offset, Buffer.from(`at ${offset}`), 3);
    expect(await store.list(0)).toEqual([100, 20, 5]);
    await store.put(0, 7_000_000_000, Buffer.from('far'), 2);
    expect(await store.list(0)).toEqual([7_000_000_000, 100]);
    expect(Buffer.from((await store.get(0, 100))!).toString()).toBe('at 100');
    expect(Buffer.from((await store.get(0, 7_000_000_000))!).toString()).toBe('far');
    expect(await store.get(0, 5)).toBeUndefined();
  });

  test('partitions know nothing of each other, and what is put is a copy', async () => {
    const store = await open();
    const bytes = Buffer.from('mine');
    await store.put(1, 10, bytes, 3);
    bytes.fill(0);
    expect(await store.list(0)).toEqual([]);
    expect(await store.get(0, 10)).toBeUndefined();
    expect(Buffer.from((await store.get(1, 10))!).toString()).toBe('mine');
  });

  test('put again at the same offset, the newest is kept', async () => {
    const store = await open();
    await store.put(0, 10, Buffer.from('first'), 3);
    await store.put(0, 10, Buffer.from('second'), 3);
    expect(await store.list(0)).toEqual([10]);
    expect(Buffer.from((await store.get(0, 10))!).toString()).toBe('second');
  });
});

test('a checkpoint file that is damaged or cut short anywhere is not given out', async () => {
  const path = await folder();
  const store = new FileCheckpoints(path);
  await store.put(0, 10, Buffer.from('a state of some length, a state of some length'), 3);
  const [name] = await readdir(join(path, '0'));
  const file = join(path, '0', name!);
  const whole = await readFile(file);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    await writeFile(file, damaged);
    expect(await store.get(0, 10)).toBeUndefined();
    await writeFile(file, whole.subarray(0, at));
    expect(await store.get(0, 10)).toBeUndefined();
  }
});

test('what a killed process left half written is no checkpoint', async () => {
  const path = await folder();
  const store = new FileCheckpoints(path);
  await store.put(0, 10, Buffer.from('whole'), 3);
  await writeFile(join(path, '0', '20.999.unfinished'), 'half');
  expect(await store.list(0)).toEqual([10]);
});
