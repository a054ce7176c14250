import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/source-files.ts';

test('no file, export or package is there for nothing (knip)', () => {
  const knip = join(ROOT, 'node_modules', 'knip', 'bin', 'knip.js');
  const run = spawnSync(process.execPath, [knip, '--no-progress', '--no-config-hints'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(run.stdout.trim()).toBe('');
  expect(run.status).toBe(0);
}, 60_000);
