import type { TheftFigures } from './exposure.ts';
import type { PortalFigures } from './measure.ts';
import { PORTALS } from './portal/portals.ts';
import type { ByRung, Rung } from './replayed.ts';
import { byRung, RUNGS } from './replayed.ts';

/** The figures of all portals as people read them. */

export interface Rate {
  readonly count: number;
  readonly per_10000: number;
  /** One-sided 95 % bound, with counts as Poisson's. */
  readonly bound_95_per_10000: number;
}

export interface Totals {
  readonly months: number;
  readonly honest: ByRung<Rate>;
  readonly plain_months: number;
  readonly plain: ByRung<Rate>;
  readonly restricting_days: number;
}

export function totalsOf(portals: readonly PortalFigures[]): Totals {
  const sum = (value: (figures: PortalFigures) => number): number =>
    Math.round(portals.reduce((all, one) => all + value(one), 0) * 10) / 10;
  const months = sum((p) => p.honest.months);
  const plainMonths = sum((p) => p.honest.plain.months);
  return {
    months,
    honest: byRung((rung) =>
      rateOf(
        sum((p) => p.honest.disturbed[rung]),
        months,
      ),
    ),
    plain_months: plainMonths,
    plain: byRung((rung) =>
      rateOf(
        sum((p) => p.honest.plain.disturbed[rung]),
        plainMonths,
      ),
    ),
    restricting_days: sum((p) => p.honest.restricting_days),
  };
}

function rateOf(count: number, months: number): Rate {
  const per10000 = (n: number): number => (months === 0 ? 0 : Math.round((n / months) * 1e5) / 10);
  return { count, per_10000: per10000(count), bound_95_per_10000: per10000(poissonBound(count)) };
}

/** The mean under which so few or fewer are seen with a probability of 5 %. */
function poissonBound(count: number): number {
  let low = count;
  let high = 2 * count + 10;
  for (let step = 0; step < 60; step++) {
    const mean = (low + high) / 2;
    let term = Math.exp(-mean);
    let sum = term;
    for (let k = 1; k <= count; k++) {
      term *= mean / k;
      sum += term;
    }
    if (sum > 0.05) low = mean;
    else high = mean;
  }
  return high;
}

export function reportOf(portals: readonly PortalFigures[]): string {
  return [
    'Honest accounts disturbed, account-months of 28 days. Hard cases are far denser than in life: read them by case.',
    honestTable(portals),
    ...RUNGS.filter((rung) => rung !== 'alert').map((rung) => byCase(portals, rung)),
    '',
    'People an account that a theft was shown before each rung, median over portals (worst; never: not met)',
    theftTable(portals),
    '',
    'By portal, before suspend (before step_up)',
    ...theftIds(portals).map((id) => portalLine(portals, id)),
    ...campaignLines(portals),
    ...suspensions(portals),
  ].join('\n');
}

type Row = readonly (string | number)[];

function table(rows: readonly Row[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => String(cell).padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function honestTable(portals: readonly PortalFigures[]): string {
  const totals = totalsOf(portals);
  const cell = (rate: Rate): string => `${rate.count} (${rate.per_10000}, <= ${rate.bound_95_per_10000})`;
  return table([
    ['portal', 'months', ...RUNGS, 'what'],
    ...portals.map(({ portal, seed, honest }): Row => {
      const counts = RUNGS.map((rung) => honest.disturbed[rung]);
      return [`${portal}/${seed}`, honest.months, ...counts, PORTALS[portal].what];
    }),
    ['all', totals.months, ...RUNGS.map((rung) => cell(totals.honest[rung])), 'count (per 10,000, 95 % bound)'],
    ['no hard case', totals.plain_months, ...RUNGS.map((rung) => cell(totals.plain[rung])), ''],
    ['days', '', '', '', totals.restricting_days, '', 'account-days on which a throttle or more was decided'],
  ]);
}

function byCase(portals: readonly PortalFigures[], rung: Rung): string {
  const met = new Map<string, number>();
  for (const { honest } of portals) {
    for (const d of honest.first) if (d.rung === rung) met.set(d.why, (met.get(d.why) ?? 0) + 1);
  }
  const accounts = (why: string): number => portals.reduce((sum, p) => sum + (p.honest.cases[why] ?? 0), 0);
  const parts = [...met]
    .sort(([, a], [, b]) => b - a)
    .map(([why, count]) => (why.startsWith('(') ? `${why} ${count}` : `${why} ${count}/${accounts(why)}`));
  return `${rung} by hard case, accounts: ${parts.join(', ') || 'none'}`;
}

const theftIds = (portals: readonly PortalFigures[]): string[] => [
  ...new Set(portals.flatMap(({ thefts }) => thefts.map(({ id }) => id))),
];

/** Median and worst; what was never met is the worst of all. */
function spread(values: readonly (number | null)[]): string {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const shown = (value: number): string => (Number.isFinite(value) ? String(value) : 'never');
  return `${shown(sorted[Math.floor((sorted.length - 1) / 2)])} (${shown(sorted.at(-1)!)})`;
}

function theftTable(portals: readonly PortalFigures[]): string {
  const all = portals.flatMap(({ thefts }) => thefts);
  return table([
    ['theft', 'portals', ...RUNGS, 'enforced', 'if nobody acts'],
    ...theftIds(portals).map((id): Row => {
      const own = all.filter((theft) => theft.id === id);
      const column = (value: (theft: TheftFigures) => number | null): string => spread(own.map(value));
      const enforced = own.some((theft) => theft.contained !== null) ? column((theft) => theft.contained) : '';
      const before = RUNGS.map((rung) => column((theft) => theft.before[rung]));
      return [id, own.length, ...before, enforced, column((theft) => theft.if_nobody_acted)];
    }),
  ]);
}

function portalLine(portals: readonly PortalFigures[], id: string): string {
  const parts = portals.flatMap(({ portal, thefts }) =>
    thefts
      .filter((theft) => theft.id === id)
      .map(({ before }) => `${portal}:${before.suspend ?? 'no'}(${before.step_up ?? 'no'})`),
  );
  return `${id.padEnd(16)} ${parts.join(' ')}`;
}

const campaignLines = (portals: readonly PortalFigures[]): string[] =>
  portals.flatMap(({ portal, campaigns }) =>
    campaigns.map((c) => `campaign ${portal} ${c.time} ${c.kind}: ${c.members} accounts, ${c.honest} of them honest`),
  );

const suspensions = (portals: readonly PortalFigures[]): string[] =>
  portals.flatMap(({ portal, honest }) =>
    honest.first
      .filter(({ rung }) => rung === 'suspend')
      .map((d) => `honest suspension ${portal} ${d.account} ${d.why} ${d.time} score ${d.score}: ${d.evidence}`),
  );
