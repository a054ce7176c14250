/** The demo as a user meets it: a process of its own, started by npm, killed, started again, started twice, interrupted. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Story } from '#services/demo/story.ts';
import { runVigie } from '../support/run-vigie.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'services/cli/main.ts');

let folder = '';
const running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-demo-'));
});
afterEach(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process, what it has written so far, and a wait for some of it. */
function start(command: string, args: readonly string[]) {
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } });
  running.push(child);
  const written = { stdout: '', stderr: '' };
  const looks = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      for (const look of looks) look();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const says = (name: 'stdout' | 'stderr', text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!written[name].includes(text)) return;
        looks.delete(look);
        resolve();
      };
      looks.add(look);
      look();
      void ended.then(() => reject(new Error(`ended before it said "${text}":\n${written.stdout}${written.stderr}`)));
    });
  return { child, written, ended, says };
}
const vigie = (...args: string[]) => start(process.execPath, [MAIN, ...args]);

test('killed in the middle, it starts again; a second one meanwhile is refused; the story ends with the account stopped', async () => {
  const killed = vigie('demo', '--once', '--data', folder);
  await killed.says('stdout', 'an account is stolen');
  killed.child.kill('SIGKILL');
  expect((await killed.ended).signal).toBe('SIGKILL');

  const user = start('npm', ['start', '--', 'demo', '--once', '--format', 'json', '--data', folder]);
  await user.says('stderr', 'run-0002');
  const second = await runVigie(['demo', '--once', '--data', folder]);
  expect(second).toMatchObject({ code: 1, stdout: '' });
  expect(second.stderr).toMatch(/^error: a demo is running already/);

  expect((await user.ended).code).toBe(0);
  // npm itself writes above the result.
  const story = JSON.parse(user.written.stdout.trim().split('\n').at(-1)!) as Story;
  expect(story).toMatchObject({ stopped: true, seed: 1, attack: 'stolen-list' });
  expect(story.exposed).toBeGreaterThan(0);
  expect(story.exposed).toBeLessThanOrEqual(30);
  expect(story.exposed_if_nobody_acted).toBeGreaterThan(1000);
  expect(story.event_to_verified_ms).toBeGreaterThan(0);
  expect(story.thief.refused.disabled).toBeGreaterThan(0);
  expect(story.honest.restricted.suspend).toBe(0);
  expect(readdirSync(folder).filter((name) => name.startsWith('run-'))).toEqual(['run-0001', 'run-0002']);

  // The first thing that it tells the user to try works, and finds the same.
  const advice = /npm start -- (replay .*labels\.json)/.exec(user.written.stderr);
  const replay = await runVigie([...advice![1]!.split(' '), '--format', 'json']);
  expect(replay.code).toBe(0);
  const { alerts } = JSON.parse(replay.stdout) as { alerts: { account: string }[] };
  expect(alerts.map(({ account }) => account)).toContain(story.account);
});

test('without --once it goes on serving after the story, and Ctrl-C ends it cleanly', async () => {
  const demo = vigie('demo', '--data', folder, '--seed', '2');
  await demo.says('stdout', 'Ctrl-C ends it');
  expect(demo.written.stdout).toContain('STOPPED');
  demo.child.kill('SIGINT');
  expect((await demo.ended).code).toBe(130);
  expect(demo.written.stderr).toMatch(/Ended\. .* are kept in .*run-0001/);
});
