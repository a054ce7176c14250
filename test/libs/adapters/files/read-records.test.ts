import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFileError, openSources } from '#libs/adapters/files/open-sources.ts';
import { readRecords } from '#libs/adapters/files/read-records.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-read-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Read {
  readonly records: string[];
  readonly lines: number[];
  readonly problems: string[];
  readonly messages: string[];
}

async function read(paths: readonly string[], input?: AsyncIterable<Uint8Array>, maxLineBytes?: number): Promise<Read> {
  const sources = await openSources(paths);
  if (!sources.ok) throw new Error(sources.error.message);
  const result: Read = { records: [], lines: [], problems: [], messages: [] };
  const options = { ...(input && { stdin: input }), ...(maxLineBytes && { maxLineBytes }) };
  let bytesRead = 0;
  for await (const batch of readRecords(sources.value, options)) {
    for (let i = 0; i < batch.count; i++) {
      result.records.push(batch.buffer.toString('utf8', batch.starts[i], batch.ends[i]));
      result.lines.push(batch.lines[i]);
    }
    for (const { reason, position, message } of batch.problems) {
      result.problems.push(`${reason} ${position}`);
      result.messages.push(message);
    }
    expect(batch.bytesRead).toBeGreaterThanOrEqual(bytesRead);
    bytesRead = batch.bytesRead;
    if (batch.bytesTotal > 0) expect(bytesRead).toBeLessThanOrEqual(batch.bytesTotal);
  }
  return result;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

/** Lines that do not compress to nothing. */
const manyLines = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${i} ${Math.imul(i + 1, 0x9e3779b1) >>> 0} ${'x'.repeat(i % 200)}`);

describe('reading records', () => {
  it('finds the same lines however the input is cut into pieces', async () => {
    const line = fc.oneof(
      fc.stringMatching(/^[a-zé ]{0,12}$/),
      fc.constantFrom('', ' ', '\t'),
      fc.integer({ min: 17, max: 30 }).map((n) => 'x'.repeat(n)),
    );
    const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (lines, bom, open, size) => {
          let content = lines.map(([content, end]) => content + end).join('');
          if (open) content = content.replace(/\r?\n$/, '');
          const expected = content
            .split('\n')
            .map((content, i) => ({ line: i + 1, content: content.replace(/\r$/, '') }))
            .filter(({ content }) => content.trim() !== '');
          const bytes = Buffer.from((bom ? '\ufeff' : '') + content);
          const limit = 20;
          const fits = ({ content }: { content: string }) => Buffer.byteLength(content) <= limit;
          const got = await read(['-'], pieces(bytes, size), limit);
          expect(got.records).toEqual(expected.filter(fits).map(({ content }) => content));
          expect(got.lines).toEqual(expected.filter(fits).map(({ line }) => line));
          const long = expected.filter((entry) => !fits(entry));
          expect(got.problems).toEqual(long.map(({ line }) => `too_large ${line}`));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
  ])('reads %s by its content, not by its name, from a file and from standard input', async (name, pack) => {
    const lines = manyLines(20_000);
    const bytes = pack(Buffer.from(lines.join('\n')));
    for (const got of [await read([await file(`${name}.txt`, bytes)]), await read(['-'], pieces(bytes, 1000))]) {
      expect(got.problems).toEqual([]);
      expect(got.records).toEqual(lines);
      expect(got.lines.at(-1)).toBe(lines.length);
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('reads %s files that were put behind each other', async (name, pack) => {
    const lines = manyLines(9000);
    const parts = [0, 3000, 6000].map((at) => pack(Buffer.from(`${lines.slice(at, at + 3000).join('\n')}\n`)));
    for (const size of [7919, 1 << 20]) {
      const got = await read(['-'], pieces(Buffer.concat(parts), size));
      expect(got, name).toMatchObject({ problems: [], records: lines });
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('delivers what a truncated %s holds, without the line that broke off, and says so', async (name, pack) => {
    const lines = manyLines(30_000);
    const whole = pack(Buffer.from(lines.join('\n')));
    const path = await file(`truncated-${name}`, whole.subarray(0, Math.floor(whole.length / 2)));
    const got = await read([path]);
    expect(got.records.length).toBeGreaterThan(10_000);
    expect(got.records).toEqual(lines.slice(0, got.records.length));
    expect(got.problems).toEqual([`truncated_input ${got.records.length + 1}`]);
    expect(got.messages[0]).toContain(`${path} could not be read to its end: the compressed data ends too early`);
  });

  it('goes on with the next file after one that is damaged', async () => {
    const damaged = gzipSync(Buffer.from(manyLines(30_000).join('\n')));
    damaged.fill(0xff, damaged.length / 2, damaged.length / 2 + 20);
    const got = await read([await file('damaged.gz', damaged), await file('good', 'good\n')]);
    expect(got.records.at(-1)).toBe('good');
    expect(got.problems).toHaveLength(1);
    expect(got.problems[0]).toMatch(/^truncated_input \d+$/);
    expect(got.records.length).toBeGreaterThan(1000);
  });

  it('reports what follows compressed data without being compressed', async () => {
    for (const pack of [gzipSync, zstdCompressSync]) {
      const bytes = Buffer.concat([pack(Buffer.from('a\nb\n')), Buffer.from('plain text\n')]);
      const got = await read(['-'], pieces(bytes, 1000));
      expect(got.problems).toEqual([expect.stringMatching(/^truncated_input/)]);
    }
  });

  it('reads an empty file as no records, whatever it should have been', async () => {
    expect(await read([await file('empty', '')])).toEqual({ records: [], lines: [], problems: [], messages: [] });
    expect((await read([await file('blank', '\n\r\n \n')])).records).toEqual([]);
    expect((await read([await file('one', 'a')])).records).toEqual(['a']);
  });

  it('yields a first batch for every source, an empty one too', async () => {
    const sources = await openSources([await file('e1', ''), await file('a1', 'a\nb\n'), await file('e2', '')]);
    const seen: string[] = [];
    for await (const batch of readRecords(sources.ok ? sources.value : [])) {
      seen.push(`${batch.source.slice(-2)} ${batch.firstOfSource} ${batch.count}`);
    }
    expect(seen).toEqual(['e1 true 0', 'a1 true 2', 'e2 true 0']);
  });
});

describe('opening sources', () => {
  const codeOf = async (paths: readonly string[]): Promise<string> => {
    const result = await openSources(paths);
    return result.ok ? 'ok' : `${result.error.code}: ${result.error.message}`;
  };

  it('says of each file that cannot be read why, before the first is read', async () => {
    const good = await file('good', 'a\n');
    await mkdir(join(folder, 'sub'), { recursive: true });
    expect(await codeOf([good, join(folder, 'missing')])).toMatch(/^not_found: .*missing does not exist/);
    expect(await codeOf([join(good, 'below')])).toMatch(/^not_found/);
    expect(await codeOf([good, join(folder, 'sub')])).toMatch(/^is_directory: .*sub is a directory/);
    expect(await codeOf(['-', '-'])).toMatch(/^unsupported: standard input/);
    expect(await codeOf([await file('a.bz2', 'BZh91AY')])).toMatch(/^unsupported: .*bzip2/);
    expect(await codeOf([await file('a.zip', 'PK\u0003\u0004')])).toMatch(/^unsupported: .*ZIP/);
    expect(await codeOf([await file('utf16', Buffer.from('\ufeffa', 'utf16le'))])).toMatch(/^unsupported: .*UTF-16/);
    expect(await codeOf([good, '-'])).toBe('ok');
  });

  it('says in words what the file system refuses', () => {
    const refused = Object.assign(new Error('x'), { code: 'EACCES' });
    expect(describeFileError('log', refused)).toMatchObject({ code: 'no_permission', path: 'log' });
    expect(describeFileError('log', Object.assign(new Error('x'), { code: 'EIO' }))).toMatchObject({
      code: 'read_failed',
      message: 'log cannot be read (EIO)',
    });
  });

  it.skipIf(process.getuid?.() === 0)('says that a file may not be read (not for root, who may)', async () => {
    const secret = await file('secret', 'a\n');
    await chmod(secret, 0);
    expect(await codeOf([secret])).toMatch(/^no_permission: .*check its permissions/);
  });

  it('reports a foreign format on standard input, where nothing is known beforehand', async () => {
    const got = await read(['-'], pieces(Buffer.from('BZh91AY&SY'), 3));
    expect(got).toMatchObject({ records: [], problems: ['truncated_input 1'] });
    expect(got.messages[0]).toContain('bzip2');
  });

  it('reports a file that went away between the look and the reading', async () => {
    const path = await file('gone', 'a\n');
    const sources = await openSources([path]);
    await rm(path);
    const problems: string[] = [];
    for await (const batch of readRecords(sources.ok ? sources.value : [])) {
      problems.push(...batch.problems.map(({ message }) => message));
    }
    expect(problems).toEqual([expect.stringContaining('does not exist')]);
  });
});
