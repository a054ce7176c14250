import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CommandFailure } from '#services/cli/exit-code.ts';
import { openDemoFolder } from '#services/demo/data-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-demo-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One start and its end. */
function start() {
  const { run, removed, unlock } = openDemoFolder(folder);
  unlock();
  return { run: basename(run), removed };
}

const runs = () => readdirSync(folder).filter((name) => name.startsWith('run-'));

test('every start has a folder of its own; the one before it is kept, older ones are removed and named', () => {
  expect(start()).toEqual({ run: 'run-0001', removed: [] });
  expect(start()).toEqual({ run: 'run-0002', removed: [] });
  expect(start()).toEqual({ run: 'run-0003', removed: ['run-0001'] });
  expect(runs()).toEqual(['run-0002', 'run-0003']);
});

test('what the demo did not make is never removed', () => {
  mkdirSync(join(folder, 'run-0001'));
  writeFileSync(join(folder, 'run-0001', 'precious'), '');
  start();
  start();
  start();
  expect(existsSync(join(folder, 'run-0001', 'precious'))).toBe(true);
});

test('while one demo runs a second one is refused with a message that says what to do', () => {
  const first = openDemoFolder(folder);
  const second = () => openDemoFolder(folder);
  expect(second).toThrow(CommandFailure);
  expect(second).toThrow(/running already.*--data DIR/);
  expect(runs()).toEqual(['run-0001']);
  first.unlock();
  second().unlock();
});

test('a data folder that cannot be used is a message, not a crash', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => openDemoFolder(file)).toThrow(/cannot be used \(E[A-Z]+\).*--data DIR/);
});
