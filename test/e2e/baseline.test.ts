import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SnapshotWriter } from '#libs/base/snapshot.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import { runInProcess } from '../support/run-in-process.ts';

/** `--baseline-out` and `--baseline` as an operator uses them: an archive, and the live log that comes after it. */

const folder = mkdtempSync(join(tmpdir(), 'vigie-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const archive = at('archive.ndjson');
const live = at('live.ndjson');
const policy = at('policy.yaml');
const key = at('key');
const CUT = Date.UTC(2026, 1, 2, 23);

interface Listed {
  readonly id: string;
  readonly time: string;
}

beforeAll(() => {
  const attacks = ['stolen-list:profession=optician,start=32', 'sweep:profession=nurse,people=200,start=34'].map(
    (text) => {
      const attack = parseAttack(text);
      if (!attack.ok) throw new Error(attack.error);
      return attack.value;
    },
  );
  const professions = { optician: 1, nurse: 1, physician: 1 };
  const simulation = createSimulation({ seed: 11, accounts: 24, days: 38, professions, attacks });
  const before: string[] = [];
  const after: string[] = [];
  for (const { line, arrivalMs } of simulation.deliveries()) (arrivalMs < CUT ? before : after).push(line);
  expect(before.length).toBeGreaterThan(2000);
  expect(after.length).toBeGreaterThan(1000);
  writeFileSync(archive, `${before.join('\n')}\n`);
  writeFileSync(live, `${after.join('\n')}\n`);
  writeFileSync(policy, '{}\n');
  writeFileSync(key, `${'k'.repeat(40)}\n`);
});

const replay = (...args: string[]) => runInProcess(['replay', ...args, '--format', 'json']);
const alertsOf = (stdout: string): Listed[] => JSON.parse(stdout).alerts;

test('with the state, the live part gives byte for byte the alerts of one run over archive and live', async () => {
  const baseline = at('whole.yaml');
  const taught = await replay(archive, '--baseline-out', baseline, '--with-state');
  expect(taught).toMatchObject({ code: 0, stderr: expect.stringContaining('whole.yaml written: ') });
  expect(taught.stderr).toContain('it holds accounts and pseudonyms of people');
  expect(statSync(at('whole.state')).mode & 0o077).toBe(0);

  const both = await replay(archive, live);
  const fromIt = await replay(live, '--baseline', baseline);
  expect(fromIt.stderr).toContain('goes on from the whole state');
  const cut = new Date(CUT).toISOString();
  const opened = new Set(alertsOf(fromIt.stdout).map((alert) => alert.id));
  const wanted = alertsOf(both.stdout).filter((alert) => alert.time >= cut);
  // Incidents that were open at the cut are told of as they go on; the others are the same, in the same order.
  const openBefore = new Set(
    alertsOf(both.stdout)
      .filter((alert) => alert.time < cut)
      .map((alert) => alert.id),
  );
  const given = alertsOf(fromIt.stdout).filter((alert) => !openBefore.has(alert.id));
  expect(wanted.length).toBeGreaterThan(1);
  expect([...opened]).toEqual(expect.arrayContaining(wanted.map((alert) => alert.id)));
  expect(JSON.stringify(given)).toBe(JSON.stringify(wanted));
  const { run } = JSON.parse(fromIt.stdout);
  expect(run.baseline).toEqual({
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    state: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(run.policy).toBe(JSON.parse(both.stdout).run.policy);

  const cold = await replay(live);
  expect(JSON.stringify(alertsOf(cold.stdout))).not.toBe(JSON.stringify(given));
});

test('the readable part names no account and no person of the log', () => {
  const text = readFileSync(at('whole.yaml'), 'utf8');
  const events = readFileSync(archive, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const secrets = new Set<string>();
  for (const event of events) {
    for (const value of [event.account.id, event.beneficiary?.nir, event.source?.ip, event.source?.device, event.id]) {
      if (typeof value === 'string') secrets.add(value);
    }
  }
  expect(secrets.size).toBeGreaterThan(1000);
  expect([...secrets].filter((secret) => text.includes(secret))).toEqual([]);
});

test('a state of another policy, key or version counts for its groups only, and the run says so', async () => {
  const baseline = at('whole.yaml');
  const stricter = at('stricter.yaml');
  writeFileSync(stricter, 'rungs: { suspend: 14 }\n');
  const other = await replay(live, '--baseline', baseline, '--policy', stricter);
  expect(other.stderr).toContain('from the groups only: its state was learnt under another policy');
  expect(JSON.parse(other.stdout).run.baseline.state).toBe(null);
  const swept = await replay(live, '--baseline', baseline, '--sweep', 'rungs.suspend=14');
  expect(swept.stderr).toContain('under another policy');

  const keyed = await replay(live, '--baseline', baseline, '--key', `2026a=${key}`);
  expect(keyed.stderr).toContain('pseudonymised with the key "public-replay", this run\'s is "2026a"');
  expect(keyed.stderr).not.toContain('kkkk');

  const writer = new SnapshotWriter();
  writer.number(1);
  const bytes = writer.finish();
  const old = at('old.yaml');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(at('old.state'), bytes);
  const text = readFileSync(baseline, 'utf8');
  writeFileSync(old, text.replace(/file: whole\.state, sha256: \w+/, `file: old.state, sha256: ${sha256}`));
  expect((await replay(live, '--baseline', old)).stderr).toContain('written by another version of Vigie');

  renameSync(at('whole.state'), at('moved.state'));
  expect((await replay(live, '--baseline', baseline)).stderr).toContain('whole.state does not exist');
  writeFileSync(at('whole.state'), bytes);
  const wrong = await replay(live, '--baseline', baseline);
  expect(wrong).toMatchObject({ code: 78, stdout: '', stderr: expect.stringContaining('its SHA-256 is another') });
});

test('a key of one’s own goes with the state', async () => {
  const baseline = at('keyed.yaml');
  const option = ['--key', `2026a=${key}`];
  await replay(archive, '--baseline-out', baseline, '--with-state', ...option);
  expect(readFileSync(baseline, 'utf8')).toContain('key: 2026a');
  const run = await replay(live, '--baseline', baseline, ...option);
  expect(run.stderr).toContain('goes on from the whole state');
  writeFileSync(at('short'), 'short\n');
  expect(await replay(live, '--key', `a=${at('short')}`)).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('5 bytes'),
  });
  expect(await replay(live, '--key', 'nothing')).toMatchObject({ code: 2 });
});

test('vigie calibrate writes it for the policy with the calibration that it has just learnt', async () => {
  const baseline = at('calibrated.yaml');
  const out = at('calibration.yaml');
  const args = ['calibrate', archive, '--warm-up', '0', '--out', out, '--baseline-out', baseline, '--with-state'];
  const run = await runInProcess(args);
  expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('calibrated.yaml written: ') });
  writeFileSync(at('with.yaml'), 'calibration: calibration.yaml\n');
  const used = await replay(live, '--policy', at('with.yaml'), '--baseline', baseline);
  expect(used.stderr).toContain('goes on from the whole state');
  expect(await runInProcess(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
});

test('what cannot be is said', async () => {
  const baseline = at('whole.yaml');
  const clash = await replay(archive, '--baseline-out', at('x.yaml'), '--containment', 'simulate');
  expect(clash).toMatchObject({ code: 2, stderr: expect.stringContaining('--containment simulate') });
  expect(await replay(archive, '--with-state')).toMatchObject({ code: 2 });
  expect(await replay(archive, '--baseline-out', baseline)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--force'),
  });
  expect(await replay(live, '--baseline', at('none.yaml'))).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('does not exist'),
  });
  writeFileSync(at('bad.yaml'), 'version: 1\ngroups: []\nareas: []\n');
  const bad = await replay(live, '--baseline', at('bad.yaml'));
  expect(bad).toMatchObject({ code: 78, stderr: expect.stringContaining('bad.yaml:1') });
  expect(bad.stderr).toContain('policy: a value is missing');
});
