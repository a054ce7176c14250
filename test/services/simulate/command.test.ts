import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '#services/cli/program.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

const run = promisify(execFile);
const MAIN = new URL('../../../services/cli/main.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'vigie-simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}
async function simulate(...args: string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await run(process.execPath, [MAIN, 'simulate', ...args], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

const SMALL = ['--accounts', '15', '--days', '6', '--seed', '3'];

describe('vigie simulate', () => {
  test('writes the simulation to standard output and what it did to standard error', async () => {
    const { code, stdout, stderr } = await simulate(...SMALL, '--attack', 'sweep:days=1,size=small');
    expect(code).toBe(0);
    const attack = JSON.parse(stdout.slice(0, stdout.indexOf('\n'))) as { account: { id: string } };
    expect(attack.account.id).toMatch(/^(PS|GE|LG)-\d{6}$/);
    expect(stderr).toMatch(/^\d+ events in/);
    expect(stderr).toMatch(/attack-1 sweep: PS-\d{6}, .* people if nobody acts/);
  });

  test.each([
    ['plain', (b: Buffer) => b],
    ['gz', gunzipSync],
    ['zst', zstdDecompressSync],
  ])('%s files hold the lines that the API gives, and the labels', async (extension, decompress) => {
    const out = join(folder, `traffic.ndjson.${extension}`);
    const labels = join(folder, `labels.${extension}.json`);
    const { code, stdout } = await simulate(...SMALL, '--out', out, '--labels', labels);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const simulation = createSimulation({ accounts: 15, days: 6, seed: 3 });
    const lines = [...simulation.lines()];
    expect((decompress(readFileSync(out)) as Buffer).toString()).toBe(`${lines.join('\n')}\n`);
    expect(JSON.parse(readFileSync(labels, 'utf8'))).toEqual(JSON.parse(JSON.stringify(simulation.labels())));
  });

  test('a reader that has seen enough is no failure', async () => {
    const { stdout, stderr } = await run('bash', [
      '-c',
      `"$0" "$1" simulate --accounts 60 --days 30 | head -n 2; echo "\${PIPESTATUS[0]}"`,
      process.execPath,
      MAIN,
    ]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stdout.trimEnd().split('\n')[2]).toBe('0');
    expect(stderr).not.toContain('EPIPE');
  });

  test.each([
    [['--attack', 'nonsense'], 'no attack is called "nonsense"'],
    [['--days', '0'], 'whole number'],
    [['--start', '2026-02-30'], 'a date as YYYY-MM-DD'],
    [['--start', '2026-13-01'], 'a date as YYYY-MM-DD'],
    [['--departments', '69,20'], 'no department is called "20"'],
    [['--hard-cases', 'locum,sleep'], 'no hard case is called "sleep"'],
    [['--scenario', 'none-2020'], 'amelipro-2022'],
    [['--speed', '0'], 'a number above 0'],
    [[...SMALL, '--attack', 'manager'], 'attack manager wants 1 account(s) and finds 0'],
  ])('%j is wrong use', async (args, message) => {
    // In this process, since a program's start costs half a second.
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const code = await runCommandLine(['simulate', ...args]);
    const stderr = said.mock.calls.map(([text]) => String(text)).join('');
    said.mockRestore();
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a folder that is not there is a failure with its name', async () => {
    const { code, stderr } = await simulate(...SMALL, '--out', join(folder, 'missing', 'x.ndjson'));
    expect(code).toBe(1);
    expect(stderr).toContain('missing');
    expect(stderr).not.toContain('bug');
  });

  test('help names the attacks', async () => {
    const { code, stdout } = await simulate('--help');
    expect(code).toBe(0);
    for (const name of ['sweep', 'boiling-frog', 'forged-followup', '--scenario']) expect(stdout).toContain(name);
  });
});
