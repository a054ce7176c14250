import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runInProcess } from '../../support/run-in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-campaigns-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 5, 8);
const ATTACK_DAY = 30;
const accountOf = (n: number): string => `PS-${String(n).padStart(3, '0')}`;

function line(n: number, timeMs: number, ip: string, device: string): string {
  return JSON.stringify({
    id: `${n}-${timeMs}-${device}`,
    time: new Date(timeMs).toISOString(),
    account: { id: accountOf(n), profession: 'optician', department: '69', org: `7500${n}` },
    source: { ip, asn: 64_500, device },
    action: 'rights.read',
    outcome: 'found',
    beneficiary: { token: `patient-${n}` },
  });
}

/** Sixty accounts that look up the same person every morning; on one day five are used from one and the same machine. */
const lines = Array.from({ length: 33 }, (_, day) => [
  ...Array.from({ length: 60 }, (_, n) => line(n, START + day * DAY_MS + n * 60_000, `10.0.${n}.1`, `desk-${n}`)),
  ...(day === ATTACK_DAY
    ? Array.from({ length: 5 }, (_, i) =>
        line(10 + i, START + day * DAY_MS + 2 * 3_600_000 + i * 60_000, '10.99.9.1', 'thief'),
      )
    : []),
]).flat();
const victims = Array.from({ length: 5 }, (_, i) => accountOf(10 + i));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const log = file('log.ndjson', `${lines.join('\n')}\n`);
const labels = file(
  'labels.json',
  JSON.stringify({
    attacks: [
      { id: 'a', kind: 'distributed', accounts: victims, start: new Date(START + ATTACK_DAY * DAY_MS + 2 * 3_600_000) },
    ],
  }),
);

test('a replay names the accounts of one machine, in JSON, in text and in the labels’ figures', async () => {
  const run = await runInProcess(['replay', log, '--format', 'json', '--labels', labels]);
  const { campaigns, labels: found } = JSON.parse(run.stdout);
  expect(campaigns).toHaveLength(1);
  expect(campaigns[0]).toMatchObject({ kind: 'shared_infrastructure', accounts: victims });
  expect(campaigns[0].id).toMatch(/^[0-9a-f]{32}$/);
  expect(campaigns[0].time).toBe(new Date(START + ATTACK_DAY * DAY_MS + 2.25 * 3_600_000).toISOString());
  // Five look-ups, all before the quarter of an hour was over.
  expect(found.attacks[0].exposed).toMatchObject({ contained: 5, contained_by_campaign: 5, if_nobody_acted: 5 });
  expect(found.campaigns).toMatchObject({
    attacks: [{ id: 'a', accounts: 5, named_6h: 5, named: 5 }],
    honest_named: 0,
    false_campaigns: 0,
  });
  const { stdout } = await runInProcess(['replay', log]);
  expect(stdout).toContain('1 campaign over several accounts');
  expect(stdout).toContain(campaigns[0].id.slice(0, 8));
});

test('cut by a checkpoint before, within and after the campaign, the same bytes', async () => {
  const same = (text: string): string => text.replace(/"wall_s":[\d.]+/, '');
  const whole = await runInProcess(['replay', log, '--format', 'json']);
  for (const cut of [900, ATTACK_DAY * 60 + 63, lines.length - 70]) {
    const checkpoint = join(folder, `${cut}.checkpoint`);
    const first = file('first.ndjson', `${lines.slice(0, cut).join('\n')}\n`);
    const second = file('second.ndjson', `${lines.slice(cut).join('\n')}\n`);
    expect((await runInProcess(['replay', first, '--checkpoint', checkpoint])).code).toBe(0);
    const rest = await runInProcess(['replay', second, '--resume', checkpoint, '--format', 'json']);
    expect(same(rest.stdout)).toBe(same(whole.stdout));
  }
});
