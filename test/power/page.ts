import { RUNGS } from '#libs/model/alert.ts';
import type { PowerFigures, Rate, Spread, TheftFigures } from './figures.ts';
import { FIRST_SEED } from './plan.ts';
import { dotPlot, escaped, linePlot } from './plots.ts';
import type { CurveSource } from './thefts.ts';
import { CURVE_SOURCES } from './thefts.ts';

/** What the figures were made with; stands at the head of the page. */
export interface PowerRun {
  readonly version: string;
  readonly policy: string;
  readonly code: string;
  readonly quick: boolean;
  /** Jobs that were done, of those planned. */
  readonly done: number;
  readonly of: number;
}

type Cell = string | number;

const count = (n: number): string => n.toLocaleString('en-GB');
const people = ({ median, p95 }: Spread): string => `${median} (${p95})`;
const rate = ({ per_10000, low, high }: Rate): string => `${per_10000} (${low} to ${high})`;
const seeds = (all: readonly number[]): string =>
  all.length === 0 ? 'none' : `${Math.min(...all)} to ${Math.max(...all)}`;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = (tag: string, row: readonly Cell[]) => row.map((c) => `<${tag}>${escaped(c)}</${tag}>`).join('');
  return `<table><thead><tr>${cells('th', head)}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells('td', row)}</tr>`)
    .join('')}</tbody></table>`;
}

/** The proof as one HTML page that needs nothing else. */
export function powerPage(run: PowerRun, f: PowerFigures): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Vigie: the proof of detection</title>
<style>${STYLE}</style></head><body><main>
<h1>How many people a thief sees, and what it costs honest accounts</h1>
${introduction(run, f)}
${honest(f)}
${aims(f)}
${thefts(f)}
${curve(f)}
${ablation(f)}
${hardCases(f)}
${blindSpots(f)}
</main></body></html>
`;
}

function introduction(run: PowerRun, f: PowerFigures): string {
  const part = run.done < run.of ? ` <strong>Only ${run.done} of ${run.of} parts of the run were done.</strong>` : '';
  return `<p>${run.quick ? '<strong>The quick version: too small to prove a budget.</strong> ' : ''}${count(f.months)} honest account-months of 28 days, ${count(f.events)} events in all. Version ${escaped(run.version)}, policy <code>${escaped(run.policy.slice(0, 12))}</code>, code <code>${escaped(run.code)}</code>.${part}</p>
<p>The null model of every figure on honest accounts is the project’s own simulator with all its hard cases on (locums, takeovers, moved practices, re-checks, screening days, epidemics, growth, outages and others), starting in winter, spring, summer and autumn by turns, after 42 days that teach the detector and don’t count. Seeds: honest months ${seeds(f.accounts_seeds)}, thefts ${seeds(f.theft_seeds)}, power curve ${seeds(f.curve_seeds)}; the detector was tuned on seeds below ${FIRST_SEED} only. Bounds are exact one-sided 95 % ones (Clopper and Pearson), which take months as independent. It is a simulator: real life may be harder or easier, which is what shadow mode and <code>vigie calibrate</code> are for.</p>`;
}

function honest(f: PowerFigures): string {
  const rows = RUNGS.map((rung) => {
    const { budget, verdict } = f.budgets[rung];
    const days = rung === 'alert' ? '' : count(f.restricted_days[rung].per_10000);
    return [rung, f.honest[rung].count, rate(f.honest[rung]), budget ?? 'none set', verdict, days];
  });
  rows.push(['throttle and alert by quota alone', f.quota_alone.count, rate(f.quota_alone), '', '', '']);
  const plot = dotPlot(
    'Honest accounts that meet each rung',
    'per 10,000 account-months, 95 % bounds; the upright mark is the budget',
    ['measured'],
    RUNGS.map((rung) => ({
      label: rung,
      dots: [{ value: f.honest[rung].per_10000, series: 0, title: rate(f.honest[rung]) }],
      interval: [f.honest[rung].low, f.honest[rung].high] as const,
      ...(f.budgets[rung].budget !== null && { aim: f.budgets[rung].budget }),
    })),
    0.1,
  );
  const byProfession = table(
    ['profession', 'months', ...RUNGS],
    Object.entries(f.by_profession).map(([name, rungs]) => [
      name,
      count(rungs.alert.of),
      ...RUNGS.map((r) => rate(rungs[r])),
    ]),
  );
  return `<h2>What it costs honest accounts</h2>${table(['rung', 'account-months', 'per 10,000 (bounds)', 'budget', 'is it kept?', 'account-days restricted per 10,000 account-months'], rows)}<p>A month is disturbed once, however often its restriction is renewed; the days say for how long. They count every plan as carried out and taken back by nobody: who shows the second factor passes at once, and a suspension lasts until the end of the run.</p>${plot}<details><summary>By profession</summary>${byProfession}</details>`;
}

function aims(f: PowerFigures): string {
  const shown = f.by_aim.filter(({ figures }) => figures.n > 0);
  const rows = shown.flatMap(({ name, figures, aims: results }) =>
    results.length === 0
      ? []
      : results.map((r) => [name, figures.n, r.figure, r.aim, r.got, r.met ? 'reached' : 'MISSED'] as const),
  );
  const missed = rows.filter((row) => row[5] === 'MISSED').length;
  const plot = dotPlot(
    'People exposed before a suspension, by the first step-up or suspension, and in spite of the whole ladder',
    'median; the upright mark is the aim for a suspension',
    ['before a suspension', 'first step-up or suspension', 'in spite of the whole ladder'],
    shown.map(({ name, figures, aims: results }) => {
      const aim = results.find((r) => r.figure === 'suspend median')?.aim;
      return {
        label: name,
        dots: [
          { value: figures.before.suspend.median, series: 0, title: people(figures.before.suspend) },
          { value: figures.first_stop.median, series: 1, title: people(figures.first_stop) },
          ...(figures.ladder ? [{ value: figures.ladder.median, series: 2, title: people(figures.ladder) }] : []),
        ],
        ...(aim !== undefined && { aim }),
      };
    }),
    1,
  );
  return `<h2>What was aimed at, and what came out</h2><p>${missed === 0 ? 'Every aim is reached.' : `${missed} of ${rows.length} aims are missed.`} A theft that never meets a rung counts with everybody it was shown. The ladder is enforced by a simulated portal over the whole length of the theft (10 to 45 days), restrictions ending as the shipped policy says; only the budgets for mass restrictions are lifted, because thefts come by the score here. A hundred accounts at once are a campaign, which is not judged here.</p>${table(['theft', 'n', 'figure', 'aim', 'measured', ''], rows)}${plot}`;
}

function theftRow(f: TheftFigures): Cell[] {
  return [
    f.n,
    ...RUNGS.map((rung) => `${people(f.before[rung])} ${f.reached[rung]}/${f.n}`),
    people(f.first_stop),
    f.ladder ? people(f.ladder) : '',
    f.hours.suspend.n > 0 ? people(f.hours.suspend) : '',
    f.if_nobody_acted.median,
  ];
}

function thefts(f: PowerFigures): string {
  const head = [
    'theft',
    'n',
    ...RUNGS.map((rung) => `before ${rung}, reached`),
    'first stop',
    'whole ladder',
    'hours to suspend',
    'if nobody acted',
  ];
  const shown = f.by_theft.filter(({ figures }) => figures.n > 0);
  return `<h2>Every theft</h2><p>People exposed, median (95th percentile).</p>${table(
    head,
    shown.map(({ attack, figures }) => [attack, ...theftRow(figures)]),
  )}`;
}

const SOURCE_WORDS: Readonly<Record<CurveSource, string>> = {
  own: 'from a line and device of the thief’s own',
  victim: 'from the victim’s own device and line',
};

function curve(f: PowerFigures): string {
  const parts = CURVE_SOURCES.map((source) => {
    const own = f.curve.filter((c) => c.source === source && c.points.length > 0);
    if (own.length === 0) return '';
    const head = ['profession', 'smallest rate an hour', ...own[0]!.points.map((p) => `${p.rate} an hour`)];
    const rows = own.map(({ profession, points, smallest_rate: smallest }) => [
      profession,
      smallest ?? 'none of these',
      ...points.map(({ figures }) => `${people(figures.first_stop)} ${figures.reached.step_up}/${figures.n}`),
    ]);
    const plot = linePlot(
      `Power: people exposed before the first step-up or suspension, ${SOURCE_WORDS[source]}`,
      'stolen people looked up an hour (national list, in opening hours, three weeks)',
      'median',
      own.map(({ profession, points }) => ({
        label: profession,
        points: points.map(({ rate: x, figures }) => ({ x, y: figures.first_stop.median })),
      })),
    );
    return `<h3>${escaped(SOURCE_WORDS[source])}</h3>${table(head, rows)}${plot}`;
  }).join('');
  if (parts === '') return '';
  return `<h2>How slow is too slow?</h2><p>The smallest rate is the slowest pace tried from which on nine in ten thefts meet a step-up or a suspension within their three weeks.</p>${parts}`;
}

function ablation(f: PowerFigures): string {
  if (f.ablation.length === 0) return '';
  return `<h2>What each stream buys</h2><p>The same thefts with one kind of evidence switched off, thresholds unchanged: fewer honest accounts are disturbed, more people exposed.</p>${table(
    ['without', 'before a suspension', 'suspended, %', 'first step-up or suspension', 'honest step-ups per 10,000'],
    f.ablation.map((a) => [a.without, people(a.suspend), a.suspended, people(a.first_stop), rate(a.step_up)]),
  )}${dotPlot(
    'Without one kind of evidence',
    'people exposed, median over all thefts',
    ['before a suspension', 'first step-up or suspension'],
    f.ablation.map((a) => ({
      label: `without ${a.without}`,
      dots: [
        { value: a.suspend.median, series: 0, title: people(a.suspend) },
        { value: a.first_stop.median, series: 1, title: people(a.first_stop) },
      ],
    })),
    1,
  )}`;
}

function hardCases(f: PowerFigures): string {
  const rows = Object.entries(f.by_hard_case).map(([name, { months, rungs, suspend }]) => [
    name,
    count(months),
    ...RUNGS.map((rung) => rungs[rung]),
    rate(suspend),
  ]);
  return `<h2>What honest accounts were doing</h2><p>Account-months by hard case (one with two counts twice), how many met each rung, and suspensions per 10,000 of that case.</p>${table(['case', 'months', ...RUNGS, 'suspensions per 10,000'], rows)}`;
}

function blindSpots({ state }: PowerFigures): string {
  return `<h2>State</h2><p>${count(state.bytes_per_account_channel)} bytes an account and channel, and ${state.pairs_per_account_channel} pairs of account and person on the mean after the run.</p>`;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff;margin:0}main{max-width:64rem;margin:auto;padding:1rem}
h2{margin-top:2.5rem}table{border-collapse:collapse;font-size:.85rem;display:block;overflow-x:auto}th,td{padding:.25rem .6rem;border-bottom:1px solid #dde2e8;text-align:right}
th:first-child,td:first-child{text-align:left}figure{margin:1.5rem 0}figcaption{font-weight:600}figcaption small{font-weight:400;color:#56616f}
svg{width:100%;height:auto;font:12px system-ui,sans-serif}.grid{stroke:#e4e8ed}.tick{fill:#56616f}.interval{stroke:#1b6ca8;stroke-opacity:.35;stroke-width:6}
.aim{stroke:#111;stroke-width:2}.legend{font-size:.85rem;display:flex;gap:1rem;flex-wrap:wrap}.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.35em;border-radius:50%}`;
