import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess } from '../support/run-in-process.ts';

/**
 * A real web log, where there is one: robots that say who they are stand in for thieves, and the detector, which never
 * sees a user agent, has to find them among people. The folder comes from VIGIE_REAL_LOGS.
 */
const log = join(process.env.VIGIE_REAL_LOGS ?? '', 'apache_logs');
const missing = existsSync(log) ? '' : ' (skipped: VIGIE_REAL_LOGS names no folder with apache_logs)';

test.skipIf(missing !== '')(`robots of a real log are found by what they do${missing}`, async () => {
  const run = await runInProcess(['replay', log, '--format', 'json']);
  expect(run.code).toBe(0);
  const { run: header, robots } = JSON.parse(run.stdout);
  // The format was recognised, and every one of the 10,000 lines is accounted for.
  expect(header.events + header.skipped + header.duplicates).toBe(10_000);
  expect(header.rejected).toEqual({});
  expect(robots.alerted).toBeGreaterThan(0);
  // Drawn at random, a ranking would have their share of all addresses.
  const byChance = robots.declared / header.accounts;
  process.stdout.write(
    `of ${robots.alerted} alerted addresses ${robots.alerted_declared} declare themselves robots; ` +
      `precision at ${robots.declared}: ${robots.precision_at_declared} (by chance ${byChance.toFixed(3)})\n`,
  );
  expect(robots.alerted_declared / robots.alerted).toBeGreaterThan(byChance);
  expect(robots.precision_at_declared).toBeGreaterThan(byChance);
});
