import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeySource } from '#libs/adapters/files/index.ts';
import { loadPseudonymKey } from '#libs/adapters/files/index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

const HEX = 'ab'.repeat(32);

async function load(source: KeySource): Promise<string> {
  const loaded = await loadPseudonymKey(source);
  return loaded.ok ? `${loaded.value.id} ${Buffer.from(loaded.value.key).toString('hex')}` : `error: ${loaded.error}`;
}

async function keyFile(content: string, mode = 0o600): Promise<string> {
  const path = join(folder, 'some.key');
  await writeFile(path, content);
  await chmod(path, mode);
  return load({ from: 'file', path });
}

describe('the pseudonym key', () => {
  it('comes from a file, with an id of its own or a derived one', async () => {
    expect(await keyFile(`2026-03 ${HEX}\n`)).toBe(`2026-03 ${HEX}`);
    const derived = await keyFile(HEX);
    expect(derived).toMatch(new RegExp(`^[0-9a-f]{8} ${HEX}$`));
    expect(derived.slice(0, 8)).not.toBe(HEX.slice(0, 8));
  });

  it('refuses what is no key, or open to others, without showing any of it', async () => {
    for (const content of ['', HEX.slice(2), `${HEX}a`, `a b ${HEX}`, `k secret${HEX}`]) {
      const error = await keyFile(content);
      expect(error).toMatch(/^error: .*holds no key: expected/);
      expect(error).not.toMatch(/abab|secret/);
    }
    expect(await keyFile(HEX, 0o640)).toMatch(/^error: .*chmod 600/);
    expect(await load({ from: 'file', path: join(folder, 'none') })).toMatch(/^error: .*does not exist/);
  });

  it('comes from a command; its output is in no error', async () => {
    const node = (script: string): KeySource => ({
      from: 'command',
      command: process.execPath,
      arguments: ['-e', script],
    });
    expect(await load(node(`console.log('vault-7 ${HEX}')`))).toBe(`vault-7 ${HEX}`);
    const failed = await load(node(`console.log('${HEX}'); console.error('${HEX}'); process.exit(3)`));
    expect(failed).toMatch(/^error: the key command .* failed \(3\)$/);
    expect(failed).not.toContain('abab');
    expect(await load({ from: 'command', command: join(folder, 'none'), arguments: [] })).toMatch(/failed \(ENOENT\)/);
  });

  it('is made once in the data folder, for its owner alone, and stays the same', async () => {
    const data = join(folder, 'data');
    const [a, ...others] = await Promise.all(
      Array.from({ length: 8 }, () => load({ from: 'data_folder', folder: data })),
    );
    expect(a).toMatch(/^[0-9a-f]{8} [0-9a-f]{64}$/);
    expect(new Set(others)).toEqual(new Set([a]));
    expect(await readdir(data)).toEqual(['pseudonym.key']);
    expect((await stat(join(data, 'pseudonym.key'))).mode & 0o777).toBe(0o600);
    expect(a).toContain((await readFile(join(data, 'pseudonym.key'), 'utf8')).trim());
  });
});
