import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nirKey } from '#libs/intake/index.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { runVigie } from '../support/run-vigie.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-pseudonym-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const KEY = `k1=${file('key', 'a key of more than thirty-two bytes, for a test\n')}`;
const OTHER_KEY = `k2=${file('other-key', 'another key of more than thirty-two bytes, for a test')}`;
const keyed = (thirteen: string): string => thirteen + String(nirKey(thirteen)).padStart(2, '0');
const PLANTED = keyed('1850169123456');
const ORDINARY = keyed('2790338112345');

const pseudonyms = (input: string, ...options: string[]) => runVigie(['pseudonym', '--key', KEY, ...options], input);

/** A log in which one account looks up the ordinary person and then, after some weeks, somebody else. */
const logWith = (beneficiary: object): string => {
  const line = (i: number, time: number, person: object) =>
    JSON.stringify({
      id: `e${i}`,
      time: new Date(time).toISOString(),
      account: { id: 'PS-1', profession: 'optician', department: '69' },
      action: 'rights.read',
      outcome: 'found',
      beneficiary: person,
    });
  const start = Date.UTC(2026, 2, 2, 9);
  const days = Array.from({ length: 25 }, (_, i) => line(i, start + i * 86_400_000, { nir: ORDINARY }));
  return [...days, line(99, start + 24 * 86_400_000 + 60_000, beneficiary)].join('\n');
};

test.each([
  ['NIR', { nir: PLANTED }, PLANTED, []],
  ['NIR without its key', { nir: PLANTED }, PLANTED.slice(0, 13), []],
  ['token', { token: 'Planted-77' }, 'Planted-77', ['--tokens']],
])('who looks up a planted person is suspended at once: %s', async (name, beneficiary, line, options) => {
  const printed = await pseudonyms(`${line}\n`, ...options);
  expect(printed).toEqual({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{32}\n$/), stderr: '' });
  const policy = file(`${name}.yaml`, `version: 1\nstreams:\n  honeytokens: ['${printed.stdout.trim()}']\n`);
  const log = file(`${name}.ndjson`, logWith(beneficiary));
  const replay = async (source: string, ...more: string[]) => {
    const run = await runInProcess(['replay', source, '--policy', policy, '--format', 'json', ...more]);
    return { ...JSON.parse(run.stdout), stderr: run.stderr };
  };

  const caught = await replay(log, '--key', KEY);
  expect(caught.alerts).toMatchObject([{ account: 'PS-1', rung: 'suspend', exposed: 1 }]);
  expect(caught.alerts[0].evidence[0]).toMatchObject({ name: 'honeytoken', observed: 1 });
  expect(caught.actions).toMatchObject([{ action: 'suspend', decision: 'act', time: '2026-03-26T09:01:00.000Z' }]);

  const honest = await replay(file('honest.ndjson', logWith({ nir: keyed('2790338112346') })), '--key', KEY);
  expect(honest.alerts).toEqual([]);
  // Another key knows nobody of that pseudonym; without any, the command says so.
  expect((await replay(log, '--key', OTHER_KEY)).alerts).toEqual([]);
  const keyless = await replay(log);
  expect(keyless.alerts).toEqual([]);
  expect(keyless.stderr).toContain('planted people');
});

test('one pseudonym a line, in order; spaces, case and the key of a NIR change nothing', async () => {
  const corsican = '2650720B12345'.replace('20B', '2B0');
  const input = [PLANTED, ORDINARY, PLANTED.replace(/^(.)(..)(..)/, '$1 $2 $3 '), corsican, corsican.toLowerCase()];
  const run = await pseudonyms(input.join('\r\n'));
  expect(run.code).toBe(0);
  const lines = run.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[2]).toBe(lines[0]);
  expect(lines[4]).toBe(lines[3]);
  expect(new Set(lines).size).toBe(3);
});

test('a bad line is named by its number and why, never repeated, and nothing is printed', async () => {
  const wrongKey = PLANTED.slice(0, 13) + String((nirKey(PLANTED.slice(0, 13)) % 97) + 1).padStart(2, '0');
  const bad = [wrongKey, '', '12345', 'dupont'];
  const run = await pseudonyms([ORDINARY, ...bad].join('\n'));
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(/line 2: the last two digits/);
  for (const line of [3, 4, 5]) expect(run.stderr).toContain(`line ${line}: no NIR`);
  expect(run.stderr).not.toContain('line 1:');
  for (const text of [ORDINARY, ...bad].filter((t) => t !== '')) expect(run.stderr).not.toContain(text.slice(0, 13));
  expect(await pseudonyms('')).toMatchObject({ code: 1, stdout: '' });
});

test('no NIR is taken from the command line, and the key is not optional', async () => {
  const given = await runInProcess(['pseudonym', PLANTED, '--key', KEY]);
  expect(given).toMatchObject({ code: 2, stdout: '' });
  expect(given.stderr).not.toContain(PLANTED);
  expect(await runInProcess(['pseudonym'])).toMatchObject({ code: 2, stdout: '' });
  expect(await runInProcess(['pseudonym', '--key', `k=${join(folder, 'nowhere')}`])).toMatchObject({ code: 78 });
});
