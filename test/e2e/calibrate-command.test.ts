import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSimulation } from '#services/simulate/simulation.ts';
import { runInProcess } from '../support/run-in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-calibrate-'));
const log = join(folder, 'log.ndjson');
afterAll(() => rmSync(folder, { recursive: true }));

// Opticians and nurses: little traffic, so three months of many accounts are folded quickly.
beforeAll(() => {
  const professions = { optician: 1, nurse: 1 };
  const simulation = createSimulation({ seed: 7, accounts: 40, days: 64, professions });
  writeFileSync(log, [...simulation.chunks()].map(String).join(''));
});

test('learns from one month, checks on the next, and the file it writes starts a policy', async () => {
  const out = join(folder, 'calibration.yaml');
  const labels = join(folder, 'labels.json');
  const first = JSON.parse(readFileSync(log, 'utf8').split('\n')[0]!) as { account: { id: string } };
  const attack = { id: 'x', kind: 'sweep', accounts: [first.account.id], start: '2026-01-10T00:00:00Z' };
  writeFileSync(labels, JSON.stringify({ attacks: [attack] }));
  const args = [
    'calibrate',
    log,
    '--warm-up',
    '7',
    '--check-from',
    '2026-02-09',
    '--labels',
    labels,
    '--format',
    'json',
  ];
  const run = await runInProcess([...args, '--out', out]);
  expect(run.stderr).toContain('calibration.yaml written.');
  expect(run.code).toBe(0);
  const result = JSON.parse(run.stdout);
  expect(result.run.left_out.labelled).toBeGreaterThan(0);
  expect(result.run.account_months).toBeGreaterThan(30);
  expect(result.run.account_months).toBeLessThan(45);
  expect(result.run.left_out.held_out).toBeGreaterThan(30);
  expect(result.check.map((c: { rung: string }) => c.rung)).toEqual(['alert', 'step_up', 'throttle', 'suspend']);
  expect(result.check[0].of).toBe(result.run.left_out.held_out);
  expect(result.warnings.join('\n')).toContain('are few');
  expect(result.calibration.period).toEqual({ from: '2026-01-12', to: '2026-02-08' });

  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, 'calibration: calibration.yaml\nrungs: { alert: { per_10000: 500 } }\n');
  expect((await runInProcess(['policy', 'validate', policy])).code).toBe(0);
  const again = await runInProcess(['calibrate', log, '--out', out]);
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toContain('--force');
}, 60_000);

test('what cannot be calibrated is said', async () => {
  expect(await runInProcess(['calibrate', '-'])).toMatchObject({ code: 2, stderr: expect.stringContaining('twice') });
  const missing = await runInProcess(['calibrate', join(folder, 'none.ndjson')]);
  expect(missing.code).toBe(1);
  const short = await runInProcess(['calibrate', log, '--warm-up', '60']);
  expect(short).toMatchObject({ code: 1, stderr: expect.stringContaining('too few to learn from') });
  const bad = join(folder, 'bad.yaml');
  writeFileSync(bad, 'version: 1\naccount_months: none\n');
  const against = await runInProcess(['calibrate', log, '--against', bad]);
  expect(against).toMatchObject({ code: 78, stderr: expect.stringContaining('bad.yaml:2') });
}, 60_000);
