import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runVigie, startVigie } from '../support/run-vigie.ts';

/** What only real processes show: pipes, interruption, readers that go away. */

const folder = mkdtempSync(join(tmpdir(), 'vigie-pipe-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINE = (id: number, time: string) =>
  `{"id":"e${id}","time":"${time}","account":{"id":"PS-1"},"action":"rights.read","outcome":"found"}`;

test('a simulation piped into a replay brings its labels along', async () => {
  const labels = join(folder, 'labels.json');
  // Labels of an earlier run must not be taken for those of this one.
  writeFileSync(labels, '{"attacks":[]}');
  const simulation = startVigie([
    'simulate',
    '--accounts',
    '6',
    '--days',
    '32',
    '--attack',
    'sweep:people=200',
    '--labels',
    labels,
  ]);
  const run = await runVigie(['replay', '-', '--labels', labels, '--format', 'json'], simulation.stdout);
  expect(run.code).toBe(0);
  const [attack] = JSON.parse(run.stdout).labels.attacks;
  expect(attack).toMatchObject({ kind: 'sweep', accounts: 1 });
  const [truth] = JSON.parse(readFileSync(labels, 'utf8')).attacks;
  expect(truth.exposed).toBeGreaterThan(10);
  // The holder's own look-ups of that time count as well: the labels do not tell them apart.
  expect(attack.exposed.if_nobody_acted).toBeGreaterThanOrEqual(truth.exposed);
});

test('interrupted: nothing is printed as if it were the whole, exit code 130', async () => {
  const child = startVigie(['replay', '-', '--format', 'json']);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.on('error', () => undefined);
  // More than a pipe holds: once it is through, the process reads, and has listened for signals before.
  const lines = Array.from({ length: 4000 }, (_, i) => `${LINE(i, '2026-03-02T08:00:00Z')}\n`).join('');
  await new Promise((resolve) => child.stdin.write(lines, resolve));
  child.kill('SIGINT');
  child.stdin.write(lines);
  const code = await closed;
  expect(code).toBe(130);
  expect(stdout).toBe('');
  expect(stderr).toContain('Interrupted');
});

test('a reader that has seen enough ends a command quietly', async () => {
  const child = startVigie(['policy', 'schema']);
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout.destroy();
  expect(await closed).toBe(0);
  expect(stderr).toBe('');
});
