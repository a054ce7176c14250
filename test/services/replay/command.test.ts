import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { runVigie } from '../../support/run-vigie.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};

let lines: string[] = [];
let log = '';
let labels = '';

beforeAll(() => {
  const attack = parseAttack('sweep:people=400');
  if (!attack.ok) throw new Error(attack.error);
  const simulation = createSimulation({ seed: 3, accounts: 8, days: 20, warmUpDays: 12, attacks: [attack.value] });
  lines = [...simulation.lines()];
  log = file('log.ndjson', `${lines.join('\n')}\n`);
  labels = file('labels.json', JSON.stringify(simulation.labels()));
});

const replay = (...args: string[]) => runInProcess(['replay', ...args]);
/** Length and digest of the printed object without the one field that may differ: a readable failure. */
const bytes = (stdout: string): string => {
  const same = stdout.replace(/"wall_s":[\d.]+/, '"wall_s":0');
  return `${same.length} ${createHash('sha256').update(same).digest('hex')}`;
};

test('prints the contract’s object; the stolen account is at the top and stopped', async () => {
  const run = await replay(log, '--format', 'json', '--labels', labels);
  expect(run.code).toBe(0);
  const result = JSON.parse(run.stdout);
  expect(result.run).toMatchObject({ accounts: expect.any(Number), rejected: {}, from: expect.stringMatching(/Z$/) });
  expect(result.run.policy).toMatch(/^[0-9a-f]{64}$/);
  expect(result.run.events + result.run.duplicates).toBe(lines.length);
  const [attack] = result.labels.attacks;
  const [strongest] = [...result.alerts].sort((a, b) => b.score - a.score);
  expect(strongest).toMatchObject({ kind: 'mass_enumeration', severity: 'critical', channel: 'web', rung: 'suspend' });
  expect(strongest.evidence[0]).toEqual({
    name: expect.any(String),
    observed: expect.any(Number),
    of: expect.any(Number),
    expected: expect.any(Number),
    nats: expect.any(Number),
  });
  const suspend = result.actions.find(
    (a: { alert: string; action: string }) => a.alert === strongest.id && a.action === 'suspend',
  );
  expect(suspend).toMatchObject({ account: strongest.account, decision: 'act', score: expect.any(Number) });
  expect(attack.first.suspend).not.toBe(null);
  expect(attack.exposed.suspend).toBeLessThan(attack.exposed.if_nobody_acted / 4);
  const times = result.alerts.map((a: { time: string }) => a.time);
  expect(times).toEqual([...times].sort());
});

test('a simulated portal refuses what comes after the restriction', async () => {
  const run = await replay(log, '--format', 'json', '--labels', labels, '--containment', 'simulate');
  const { run: header, labels: found } = JSON.parse(run.stdout);
  const [attack] = found.attacks;
  const refused = header.refused.step_up + header.refused.throttle + header.refused.suspend;
  expect(refused).toBeGreaterThan(0);
  expect(header.events + header.duplicates).toBe(lines.length);
  expect(attack.exposed.contained).toBeLessThan(attack.exposed.if_nobody_acted / 4);
});

test('the same bytes twice, from plain, gzip, zstd, standard input, and cut in the middle', async () => {
  const options = ['--format', 'json', '--labels', labels, '--containment', 'simulate', '--sweep', 'rungs.suspend=15'];
  const whole = await replay(log, ...options);
  const text = `${lines.join('\n')}\n`;
  const zipped = await replay(file('log.gz', gzipSync(text)), ...options);
  const piped = await runVigie(['replay', '-', ...options], zstdCompressSync(text));
  expect(bytes(zipped.stdout)).toBe(bytes(whole.stdout));
  expect(bytes(piped.stdout)).toBe(bytes(whole.stdout));

  const { start } = JSON.parse(readFileSync(labels, 'utf8')).attacks[0];
  // One cut in the honest weeks, one in the middle of the theft.
  for (const cut of [Math.floor(lines.length / 3), lines.findIndex((line) => JSON.parse(line).time > start) + 3]) {
    const checkpoint = at('checkpoint');
    const first = file('first.ndjson', `${lines.slice(0, cut).join('\n')}\n`);
    const second = file('second.ndjson', `${lines.slice(cut).join('\n')}\n`);
    expect((await replay(first, ...options, '--checkpoint', checkpoint)).code).toBe(0);
    const rest = await replay(second, ...options, '--resume', checkpoint);
    expect(bytes(rest.stdout)).toBe(bytes(whole.stdout));
  }
});

test('a checkpoint of other options, or a damaged one, is refused', async () => {
  const checkpoint = at('small-checkpoint');
  const small = file('small.ndjson', lines.slice(0, 50).join('\n'));
  await replay(small, '--checkpoint', checkpoint);
  const other = await replay(small, '--resume', checkpoint, '--containment', 'simulate');
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('written with another containment');
  truncateSync(checkpoint, 5000);
  const damaged = await replay(small, '--resume', checkpoint);
  expect(damaged.code).toBe(1);
  expect(damaged.stderr).toContain('is damaged');
});

test('--against shows the accounts for which two policies differ, in one pass', async () => {
  const lax = file(
    'lax.yaml',
    'rungs: { alert: 30, step_up: 30, throttle: 60, suspend: 60 }\nresponse: { mode: observe }\n',
  );
  const run = await replay(log, '--against', lax, '--format', 'json', '--labels', labels);
  const { against } = JSON.parse(run.stdout);
  const attacked = JSON.parse(run.stdout).alerts.find((a: { rung: string }) => a.rung === 'suspend').account;
  const difference = against.difference.find((d: { account: string }) => d.account === attacked);
  expect(difference.policy).toMatchObject({ rung: 'suspend', acted: expect.arrayContaining(['suspend']) });
  expect(difference.against.acted).toEqual([]);
  const text = await replay(log, '--against', lax);
  expect(text.stdout).toContain('--against:');
});

test('--fail-on ends with 3 after the result is printed', async () => {
  const failing = await replay(log, '--labels', labels, '--fail-on', 'alerts>0', '--fail-on', 'missed_attacks>0');
  expect(failing.code).toBe(3);
  expect(failing.stdout).toContain('strongest first');
  expect(failing.stderr).toMatch(/--fail-on alerts>0 came true: it is \d+/);
  expect(failing.stderr).not.toContain('missed_attacks');
  expect((await replay(log, '--fail-on', 'false_suspends>0')).code).toBe(2);
});

test('labelled attacks that are not in the log are named and lower no figure', async () => {
  const known = JSON.parse(readFileSync(labels, 'utf8'));
  const [attack] = known.attacks;
  const absent = ['elsewhere', 'another-year'].map((id) => ({ ...attack, id }));
  absent[0].accounts = ['PS-mistyped'];
  absent[1].start = absent[1].end = '2019-01-01T00:00:00Z';
  const mixed = file('mixed.json', JSON.stringify({ ...known, attacks: [absent[0], attack, absent[1]] }));
  const alone = JSON.parse((await replay(log, '--labels', labels, '--format', 'json')).stdout).labels;
  const run = await replay(log, '--labels', mixed, '--format', 'json');
  const found = JSON.parse(run.stdout).labels;
  expect(found.attacks.map((a: { events: number }) => a.events > 0)).toEqual([false, true, false]);
  expect(alone.by_kind).toHaveLength(2);
  expect(alone.by_kind[1].exposed.if_nobody_acted.median).toBeGreaterThan(10);
  expect(found.by_kind).toEqual(alone.by_kind.map((kind: object) => ({ ...kind, attacks: 3, not_in_log: 2 })));
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('not in this log: elsewhere, another-year');

  const none = file('none.json', JSON.stringify({ attacks: absent }));
  const text = await replay(log, '--labels', none, '--fail-on', 'exposed_median>30');
  expect(text.stdout).toContain('not in this log: elsewhere, another-year');
  expect(text.stdout).toMatch(/sweep +0 .*not known/);
  // A figure that nothing tells is no figure that holds.
  expect(text.code).toBe(3);
  expect(text.stderr).toContain('exposed_median>30 cannot be told');
  expect((await replay(log, '--labels', mixed)).stderr).not.toContain('cannot be told');
  expect((await replay(log, '--labels', labels)).stderr).not.toContain('not in this log');
});

test('a log that is not in order of time says how much of it was not read, and fails where that is most', async () => {
  const accountOf = (line: string): string => JSON.parse(line).account.id;
  const timeOf = (line: string): string => JSON.parse(line).time;
  const byAccount = lines.toSorted((a, b) => (accountOf(a) < accountOf(b) ? -1 : accountOf(a) > accountOf(b) ? 1 : 0));
  const exported = file('by-account.ndjson', byAccount.join('\n'));
  const run = await replay(exported, '--format', 'json');
  expect(run.code).toBe(1);
  const { run: header } = JSON.parse(run.stdout);
  const lost = header.rejected.time_too_old + (header.rejected.time_ahead ?? 0);
  expect(lost).toBeGreaterThan(lines.length / 2);
  expect(header.unread_for_time).toBeCloseTo(lost / lines.length, 3);
  const words = `${Math.floor((lost / lines.length) * 100)} % of the log was not read: it is not in order of time`;
  expect(run.stderr).toContain(words);
  expect((await replay(exported)).stdout).toContain(words);

  // One day in twelve put at the end: said, but no failure. A few late records: not even said.
  const [first] = lines.map(timeOf).toSorted();
  const until = new Date(Date.parse(first) + 86_400_000).toISOString();
  const early = lines.filter((line) => timeOf(line) < until);
  const late = lines.filter((line) => timeOf(line) >= until);
  const some = await replay(file('some.ndjson', [...late, ...early].join('\n')), '--format', 'json');
  expect(some.code).toBe(0);
  expect(some.stderr).toMatch(/\b[1-9]\d? % of the log was not read/);
  const few = await replay(file('few.ndjson', [...late, ...early.slice(0, 3)].join('\n')), '--format', 'json');
  expect(few.code).toBe(0);
  expect(JSON.parse(few.stdout).run.rejected.time_too_old).toBe(3);
  expect(few.stderr).not.toContain('of the log was not read');
  expect(JSON.parse((await replay(log, '--format', 'json')).stdout).run).not.toHaveProperty('unread_for_time');
});

test('bad records are counted with their places and change nothing else', async () => {
  const [a, b, c] = lines;
  const far = JSON.stringify({ ...JSON.parse(b), id: 'far', time: '2031-01-01T00:00:00Z' });
  const dirty = file(
    'dirty.ndjson',
    [a, 'secret-content', '', '[]', a, b, `{"id":"x"}`, far, `"${'y'.repeat(70_000)}"`, c, ...lines.slice(3, 60)].join(
      '\r\n',
    ),
  );
  const run = await replay(dirty, '--format', 'json');
  expect(run.code).toBe(0);
  const { run: header } = JSON.parse(run.stdout);
  expect(header).toMatchObject({
    events: 60,
    duplicates: 1,
    rejected: { not_json: 1, not_object: 1, too_large: 1, missing_field: 1, time_ahead: 1 },
  });
  expect(run.stderr).toContain('dirty.ndjson:2');
  expect(run.stderr).toContain('dirty.ndjson:8 (time)');
  expect(run.stderr + run.stdout).not.toContain('secret-content');
  expect(header.unread_for_form).toBeCloseTo(4 / 66, 3);
  const clean = await replay(file('clean.ndjson', lines.slice(0, 60).join('\n')), '--format', 'json');
  expect(JSON.parse(run.stdout).alerts).toEqual(JSON.parse(clean.stdout).alerts);
});

test('a log of which more than half is of another format is a failure, and says so', async () => {
  const words = lines.slice(0, 100).map((line) => line.replace(/"outcome":"\w+"/, '"outcome":"fine"'));
  const run = await replay(file('words.ndjson', [...words, ...lines.slice(100, 190)].join('\n')), '--format', 'json');
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout).run).toMatchObject({
    events: 90,
    rejected: { wrong_value: 100 },
    unread_for_form: 0.526,
  });
  expect(run.stderr).toContain('52 % of the log was not read (wrong_value): is this the right format');
  const half = await replay(file('half.ndjson', [...words, ...lines.slice(100, 200)].join('\n')));
  expect(half.code).toBe(0);
  expect(half.stdout).toContain('50 % of the log was not read (wrong_value)');
});

test('sources that cannot be read end with 1 and say why', async () => {
  for (const [source, message] of [
    [at('nowhere'), 'does not exist'],
    [folder, 'is a directory'],
  ] as const) {
    const run = await replay(log, source);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(message);
  }
});

test('an empty file is no error; a broken archive gives what could be read, and 1', async () => {
  const empty = await replay(file('empty', ''), '--format', 'json');
  expect(empty.code).toBe(0);
  expect(JSON.parse(empty.stdout)).toMatchObject({ run: { events: 0, from: '', to: '' }, alerts: [], actions: [] });
  expect(empty.stderr).toContain('no event');
  const whole = gzipSync(`${lines.slice(0, 2000).join('\n')}\n`);
  const broken = await replay(file('broken.gz', whole.subarray(0, whole.length - 2000)), '--format', 'json');
  expect(broken.code).toBe(1);
  const { run } = JSON.parse(broken.stdout);
  expect(run).toMatchObject({ truncated: true, rejected: { truncated_input: 1 } });
  expect(run.events).toBeGreaterThan(100);
  expect(broken.stderr).toContain('could not be read to its end');
});

test('wrong options and policies have their own exit codes', async () => {
  expect((await replay()).code).toBe(2);
  expect((await replay(log, '--top', 'many')).code).toBe(2);
  expect((await replay(log, '--sweep', 'rungs.suspend')).code).toBe(2);
  const swept = await replay(log, '--sweep', 'rungs.suspnd=15');
  expect(swept.code).toBe(78);
  expect(swept.stderr).toContain('did you mean suspend?');
  const bad = await replay(log, '--policy', file('bad.yaml', 'rungs: { suspend: maybe }'));
  expect(bad.code).toBe(78);
  expect((await replay(log, '--labels', at('no-labels'))).code).toBe(1);
});
