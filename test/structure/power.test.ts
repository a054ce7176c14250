import { expect, test } from 'vitest';
import type { Rung } from '#libs/model/alert.ts';
import { figuresOf, spreadOf, theftFigures, verdictOf } from '../power/figures.ts';
import type { Job, JobResult, MonthRow, TheftRow } from '../power/job.ts';
import { jobName } from '../power/job.ts';
import { powerPage } from '../power/page.ts';
import { FIRST_SEED, FULL, planJobs, QUICK } from '../power/plan.ts';
import { dotPlot, linePlot } from '../power/plots.ts';
import { ABLATIONS, AIMS, CURVE_PROFESSIONS, CURVE_RATES, curveAttack, specOf, THEFTS } from '../power/thefts.ts';

/** How the proof counts, plans and shows; that detection is as good as it says is in test/scenarios. */

const month = (rungs: number, cases: readonly string[] = [], quota: 0 | 1 = 0): MonthRow => [
  'optician',
  'professional',
  rungs,
  quota,
  1,
  1,
  cases,
];
const theft = (attack: string, exposedAt: Partial<Record<Rung, number>>, inAll = 1000, ladder = inAll): TheftRow => ({
  attack,
  profession: 'optician',
  size: 2,
  inAll,
  ladder,
  exposedAt,
  hoursTo: { suspend: 3 },
});
const result = (job: Job, months: readonly MonthRow[], thefts: readonly TheftRow[] = []): JobResult => ({
  job,
  start: '2026-01-05',
  events: 10,
  months,
  thefts,
  restrictedDays: { step_up: 7, throttle: 2.5, suspend: 0 },
  bytesPerAccount: 2000,
  pairs: 30,
  accountChannels: 10,
});
const benign = (months: readonly MonthRow[]) => result({ kind: 'benign', seed: 1000, accounts: 1, months: 1 }, months);
const sweep = THEFTS[0]!.attack;

test('a higher rung ends what a lower one would have ended; what was never ended counts with everybody', () => {
  const f = theftFigures([theft('x', { suspend: 5, throttle: 9 }, 100), theft('x', { step_up: 7 }, 300)]);
  expect(f.before.suspend).toEqual({ n: 2, median: 152.5, p95: 300 });
  expect(f.before.step_up).toMatchObject({ median: 6 });
  expect(f.before.throttle).toMatchObject({ p95: 300 });
  expect(f.first_stop).toMatchObject({ median: 6, p95: 7 });
  expect(f.reached).toEqual({ alert: 2, step_up: 2, throttle: 1, suspend: 1 });
});

test('honest accounts by rung, profession and hard case, with bounds and a verdict on the budget', () => {
  const months = [
    ...Array.from({ length: 998 }, () => month(0)),
    month(0b1000, ['locum']),
    month(0b0100, ['locum', 'moved'], 1),
  ];
  const f = figuresOf([benign(months)]);
  // Days of honest months only, not those of a run with thefts.
  const robbed = result({ kind: 'thefts', seed: 2000, accounts: 1 }, []);
  expect(figuresOf([benign(months), robbed]).restricted_days).toEqual({
    step_up: { days: 7, per_10000: 70 },
    throttle: { days: 2.5, per_10000: 25 },
    suspend: { days: 0, per_10000: 0 },
  });
  expect(f.months).toBe(1000);
  // Both were alerted: a first revision may skip the lowest rung.
  expect(f.honest.alert.count).toBe(2);
  expect(f.honest.suspend).toMatchObject({ count: 1, of: 1000, per_10000: 10 });
  expect(f.honest.suspend.high).toBeCloseTo(47.4, 0);
  expect(f.budgets.suspend).toEqual({ budget: 1, verdict: 'above, within chance' });
  expect(f.quota_alone.count).toBe(1);
  expect(f.by_hard_case.locum).toMatchObject({ months: 2, rungs: { suspend: 1, throttle: 1 } });
  expect(f.by_hard_case.none!.months).toBe(998);
  expect(f.by_profession.optician!.throttle.count).toBe(1);
});

test('verdicts', () => {
  const rate = (count: number, low: number, high: number) => ({ count, of: 10_000, per_10000: count, low, high });
  expect(verdictOf(rate(50, 40, 60), 100)).toBe('kept');
  expect(verdictOf(rate(90, 80, 110), 100)).toBe('within, not proved');
  expect(verdictOf(rate(110, 95, 130), 100)).toBe('above, within chance');
  expect(verdictOf(rate(150, 120, 180), 100)).toBe('missed');
  expect(verdictOf(rate(150, 120, 180), undefined)).toBe('');
});

test('an aim is reached or missed by what was measured', () => {
  const job: Job = { kind: 'thefts', seed: 2000, accounts: 1 };
  const [aim] = figuresOf([result(job, [], [theft(sweep, { step_up: 1, suspend: 3 }, 500, 1)])]).by_aim;
  expect(aim!.aims.map((a) => [a.figure, a.met])).toEqual([
    ['suspend median', false],
    ['suspend p95', true],
    ['ladder median', true],
    ['ladder p95', true],
  ]);
});

test('the smallest rate is the slowest from which on nine in ten are stopped', () => {
  const job: Job = { kind: 'curve', seed: 3000, accounts: 1, half: 0, source: 'victim' };
  const thefts = CURVE_RATES.map((rate) =>
    theft(curveAttack('optician', rate, 'victim'), rate === 2 || rate < 1 ? {} : { step_up: 4 }),
  );
  const optician = figuresOf([result(job, [], thefts)]).curve.find(
    (c) => c.profession === 'optician' && c.source === 'victim',
  )!;
  expect(optician.points.map((p) => p.rate)).toEqual([...CURVE_RATES]);
  expect(optician.smallest_rate).toBe(5);
});

test('without a kind of evidence, on the same seeds only', () => {
  const plain = (seed: number, exposed: number) =>
    result({ kind: 'thefts', seed, accounts: 1 }, [], [theft(sweep, { suspend: exposed })]);
  const without: Job = { kind: 'thefts', seed: 2000, accounts: 1, without: 'territory' };
  const f = figuresOf([plain(2000, 5), plain(2001, 500), result(without, [], [theft(sweep, {})])]);
  expect(f.ablation.map((a) => [a.without, a.suspend.median])).toEqual([
    ['nothing', 5],
    ['territory', 1000],
  ]);
});

test('the full plan has 100,000 account-months, other seeds than those tuned on, and no part twice', () => {
  const jobs = planJobs(FULL);
  const benignMonths = jobs.reduce((sum, job) => sum + (job.kind === 'benign' ? job.accounts * job.months : 0), 0);
  expect(benignMonths).toBeGreaterThanOrEqual(100_000);
  expect(Math.min(...jobs.map((job) => job.seed))).toBeGreaterThanOrEqual(5000);
  expect(new Set(jobs.map(jobName)).size).toBe(jobs.length);
  expect(planJobs(QUICK).length).toBeLessThan(10);
});

test('every theft is one that the simulator knows and has an aim or says that it has none', () => {
  for (const { aim, attack } of THEFTS) {
    expect(AIMS.map((a) => a.name)).toContain(aim);
    expect(specOf(attack).kind).toBe(attack.split(':')[0]);
  }
  expect(CURVE_PROFESSIONS.map((p) => specOf(curveAttack(p, 5, 'own')).rate)).toEqual(CURVE_PROFESSIONS.map(() => 5));
  expect(Object.keys(ABLATIONS).length).toBeGreaterThan(5);
});

test('the page states null model, seeds, months and bounds, says what is missed, and is whole', () => {
  const f = figuresOf([
    benign([month(0), month(0b0010, ['locum'])]),
    result({ kind: 'thefts', seed: 2000, accounts: 1 }, [], [theft(sweep, { suspend: 30 })]),
  ]);
  const run = { version: '0.0.0', policy: 'a'.repeat(64), code: 'abc', quick: true, done: 2, of: 9 };
  const page = powerPage(run, f);
  for (const text of [
    'null model',
    `seeds below ${FIRST_SEED}`,
    '2 honest account-months',
    'Only 2 of 9 parts',
    'MISSED',
    'locum',
  ])
    expect(page).toContain(text);
  expect(page).not.toMatch(/undefined|NaN|Infinity|https?:\/\//);
  for (const tag of ['svg', 'table', 'figure', 'main', 'p'])
    expect(page.split(`<${tag}`).length, tag).toBe(
      page.split(`</${tag}>`).length + (tag === 'p' ? page.split('<path').length - 1 : 0),
    );
  // Nothing but figures of its own.
  expect(powerPage({ ...run, version: '<b>' }, f)).toContain('&lt;b&gt;');
});

test('plots place values on their scale', () => {
  const plot = dotPlot(
    't',
    'u',
    ['s'],
    [
      {
        label: 'a & b',
        dots: [
          { value: 10, series: 0, title: '10' },
          { value: 100, series: 0, title: '100' },
          { value: 0, series: 0, title: '0' },
        ],
        interval: [1, 1000],
      },
    ],
    1,
  );
  const xs = [...plot.matchAll(/cx="([\d.]+)"/g)].map((m) => Number(m[1]));
  // Equal ratios, equal distances; 0 stands at the left end, which is the least value.
  expect(xs[1]! - xs[0]!).toBeCloseTo(xs[0]! - xs[2]!, 0);
  expect(plot).toContain('a &amp; b');
  expect(
    linePlot('t', 'x', 'y', [
      {
        label: 'l',
        points: [
          { x: 1, y: 1 },
          { x: 10, y: 100 },
        ],
      },
    ]),
  ).toMatch(/d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+"/);
});

test('spread of nothing is nothing', () => {
  expect(spreadOf([])).toEqual({ n: 0, median: 0, p95: 0 });
  expect(spreadOf([3, 1, 2])).toEqual({ n: 3, median: 2, p95: 3 });
});
