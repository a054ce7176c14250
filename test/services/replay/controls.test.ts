import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Control } from '#libs/model/input.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import { runInProcess } from '../../support/run-in-process.ts';

/** What people decided is input: a replay that is given it decides as the detector did that was told. */

const folder = mkdtempSync(join(tmpdir(), 'vigie-controls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const log = at('log.ndjson');
const DAY_MS = 86_400_000;
let victim = '';
let startMs = 0;
/** What comes out where nobody says anything. */
let untold: Awaited<ReturnType<typeof replayed>>;

interface Listed {
  readonly id: string;
  readonly account: string;
  readonly kind: string;
  readonly time: string;
  readonly last: string;
  readonly score: number;
}

beforeAll(async () => {
  const attack = parseAttack('stolen-list:profession=optician,start=24,days=8,rate=5');
  if (!attack.ok) throw new Error(attack.error);
  const professions = { optician: 1, nurse: 1 };
  const simulation = createSimulation({ seed: 5, accounts: 10, days: 34, professions, attacks: [attack.value] });
  writeFileSync(log, `${[...simulation.lines()].join('\n')}\n`);
  const [theft] = simulation.labels().attacks;
  victim = theft!.accounts[0]!;
  startMs = Date.parse(theft!.start);
  untold = await replayed(undefined);
});

async function replayed(controls: readonly Control[] | undefined) {
  const file = at('controls.ndjson');
  if (controls !== undefined) writeFileSync(file, controls.map((control) => `${JSON.stringify(control)}\n`).join(''));
  const run = await runInProcess(['replay', log, '--format', 'json', ...(controls ? ['--controls', file] : [])]);
  expect(run.code).toBe(0);
  const { run: header, alerts } = JSON.parse(run.stdout) as { run: { controls?: unknown }; alerts: Listed[] };
  return { header, alerts, ofVictim: alerts.filter((alert) => alert.account === victim) };
}

const verdict = (kind: 'true' | 'false' | 'benign', timeMs: number, untilMs = 0): Control => ({
  kind: 'control',
  control: 'verdict',
  timeMs,
  accountId: victim,
  alertId: 'a',
  verdict: kind,
  reason: 'told by the holder',
  untilMs,
});

test('a benign verdict silences the score until its end, on that account alone', async () => {
  expect(untold.header.controls).toBe(undefined);
  const [first] = untold.ofVictim.filter(
    (alert) => alert.kind === 'mass_enumeration' && Date.parse(alert.time) >= startMs,
  );
  const toldMs = Date.parse(first!.time) + 3_600_000;
  const untilMs = toldMs + 3 * DAY_MS;
  const told = await replayed([verdict('benign', toldMs, untilMs)]);
  expect(told.header.controls).toEqual({ given: 1, taken: 1 });
  const scored = told.ofVictim.filter(
    (alert) => alert.kind === 'mass_enumeration' && Date.parse(alert.time) >= startMs,
  );
  // The alert before the verdict, then nothing by score until the exception ends, and then again.
  expect(scored[0]!.id).toBe(first!.id);
  expect(scored.filter((a) => Date.parse(a.time) > toldMs && Date.parse(a.time) < untilMs)).toEqual([]);
  expect(scored.some((a) => Date.parse(a.time) >= untilMs)).toBe(true);
  const others = (alerts: readonly Listed[]) => alerts.filter((alert) => alert.account !== victim);
  expect(others(told.alerts)).toEqual(others(untold.alerts));
});

test('a verdict of true changes nothing, one of false forgets the evidence', async () => {
  const [first] = untold.ofVictim.filter((alert) => Date.parse(alert.time) >= startMs);
  const toldMs = Date.parse(first!.time) + 3_600_000;
  const confirmed = await replayed([verdict('true', toldMs)]);
  expect(confirmed.alerts).toEqual(untold.alerts);
  const cleared = await replayed([verdict('false', toldMs)]);
  expect(cleared.ofVictim.find((alert) => alert.id === first!.id)!.last < new Date(toldMs).toISOString()).toBe(true);
  // The theft goes on, so it is found again: as another incident.
  expect(cleared.ofVictim.some((alert) => Date.parse(alert.time) > toldMs && alert.id !== first!.id)).toBe(true);
});

test('a control of an account that the log has not shown, or after its end, is counted and changes nothing', async () => {
  const stranger = { ...verdict('false', startMs), accountId: 'PS-NOBODY' };
  const late = verdict('false', startMs + 400 * DAY_MS);
  const told = await replayed([stranger, late]);
  expect(told.header.controls).toEqual({ given: 2, taken: 0 });
  expect(told.alerts).toEqual(untold.alerts);
});

test('a line that is no control is refused with its place', async () => {
  const file = at('bad.ndjson');
  writeFileSync(file, `${JSON.stringify(verdict('true', 1))}\n{"kind":"control"}\n`);
  const run = await runInProcess(['replay', log, '--controls', file]);
  expect(run).toMatchObject({ code: 78, stdout: '', stderr: expect.stringContaining('bad.ndjson:2') });
  expect(await runInProcess(['replay', log, '--controls', at('none')])).toMatchObject({ code: 78 });
});

test('cut by a checkpoint, the controls go on where they were', async () => {
  const whole = await replayed([verdict('false', startMs + DAY_MS)]);
  const text = readFileSync(log, 'utf8');
  const half = text.indexOf('\n', Math.floor(text.length * 0.8)) + 1;
  writeFileSync(at('a.ndjson'), text.slice(0, half));
  writeFileSync(at('b.ndjson'), text.slice(half));
  const controls = ['--controls', at('controls.ndjson'), '--format', 'json'];
  await runInProcess(['replay', at('a.ndjson'), ...controls, '--checkpoint', at('cut')]);
  const rest = await runInProcess(['replay', at('b.ndjson'), ...controls, '--resume', at('cut')]);
  expect(JSON.parse(rest.stdout).alerts).toEqual(whole.alerts);
  const without = await runInProcess(['replay', at('b.ndjson'), '--resume', at('cut')]);
  expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('another controls') });
});
