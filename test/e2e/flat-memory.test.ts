import { zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openSources } from '#libs/adapters/files/open-sources.ts';
import { readRecords } from '#libs/adapters/files/read-records.ts';

/** Memory over lines of absurd length: what it holds is measured, so these tests run in a process of their own. */

interface Read {
  readonly records: string[];
  readonly lines: number[];
  readonly problems: string[];
  readonly messages: string[];
}

async function read(paths: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<Read> {
  const sources = await openSources(paths);
  if (!sources.ok) throw new Error(sources.error.message);
  const result: Read = { records: [], lines: [], problems: [], messages: [] };
  for await (const batch of readRecords(sources.value, { stdin })) {
    for (let i = 0; i < batch.count; i++) {
      result.records.push(batch.buffer.toString('utf8', batch.starts[i], batch.ends[i]));
      result.lines.push(batch.lines[i]!);
    }
    for (const { reason, position, message } of batch.problems) {
      result.problems.push(`${reason} ${position}`);
      result.messages.push(message);
    }
  }
  return result;
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
}

it('keeps memory flat over a line of one gigabyte, and goes on behind it', async () => {
  async function* gigabyte(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('first\n');
    const chunk = Buffer.alloc(1 << 20, 'x');
    for (let i = 0; i < 1024; i++) yield chunk;
    yield Buffer.from('\nlast\n');
  }
  const before = process.memoryUsage();
  const got = await read(['-'], gigabyte());
  const after = process.memoryUsage();
  expect(got).toMatchObject({ records: ['first', 'last'], lines: [1, 3], problems: ['too_large 2'] });
  expect(got.messages[0]).toContain('1073741824 bytes');
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 << 20);
});

it('keeps memory flat over a compressed line of 128 MiB', async () => {
  const zst = zstdCompressSync(Buffer.concat([Buffer.alloc(128 << 20, 'x'), Buffer.from('\nlast\n')]));
  expect(zst.length).toBeLessThan(1 << 20);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }, 1);
  const got = await read(['-'], pieces(zst));
  clearInterval(watch);
  expect(got).toMatchObject({ records: ['last'], problems: ['too_large 1'] });
  expect(most).toBeLessThan(48 << 20);
});
