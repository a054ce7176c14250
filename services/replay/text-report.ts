import type { Evidence } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { CampaignEvidence } from '#libs/model/campaign.ts';
import { grave, strong } from '#services/cli/terminal/message.ts';
import { formatCount, formatTable } from '#services/cli/terminal/table.ts';
import { differenceOf } from './difference.ts';
import type { ReplayResult } from './json-result.ts';
import { actedByRung } from './json-result.ts';
import type { Lane } from './lane.ts';
import type { LaneSummary } from './summary.ts';
import { absentAttacks } from './unread.ts';

const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** A replay for people: what was found, strongest first, and what it would have cost. @param top incidents listed */
export function textReport(result: ReplayResult, top: number): string {
  const { replay, summaries, against, sweep, robots } = result;
  const [lane] = replay.lanes;
  const parts = [headline(result), incidents(lane, top), campaigns(lane), actions(lane)];
  const summary = summaries?.get(lane.name);
  if (summary) parts.push(exposure(summary, lane), honest(summary));
  if (robots) {
    parts.push(
      `Of ${robots.alerted} alerted addresses ${robots.alerted_declared} declare themselves robots in the user agent, which the detector does not see (there are ${robots.declared} in the log). ` +
        `Among the first ${robots.declared} of a ranking of all addresses by peak score, ${Math.round(robots.precision_at_declared * 100)} % are declared robots.`,
    );
  }
  if (against) parts.push(difference(lane, against, top));
  if (sweep) parts.push(sweepTable(sweep, summaries));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headline({ replay, wallSeconds, unread }: ReplayResult): string {
  const rate = wallSeconds > 0 ? `, ${formatCount(Math.round(replay.events / wallSeconds))} events/s` : '';
  const span = replay.events > 0 ? `, ${minute(replay.fromMs)} to ${minute(replay.toMs)} UTC` : '';
  const lines = [
    `${formatCount(replay.events)} events of ${formatCount(replay.accounts.size)} accounts${span} (${wallSeconds.toFixed(1)} s${rate})`,
  ];
  if (replay.duplicates > 0) lines.push(`${formatCount(replay.duplicates)} duplicates changed nothing`);
  if (replay.skipped > 0) lines.push(`${formatCount(replay.skipped)} lines left out as the format says`);
  if (replay.rejections.total > 0) {
    const counts = Object.entries(replay.rejections.counts()).map(([reason, n]) => `${formatCount(n)} ${reason}`);
    lines.push(`${formatCount(replay.rejections.total)} records rejected: ${counts.join(', ')}`);
  }
  for (const { text } of unread) lines.push(text);
  const refused = replay.lanes[0].portal?.refused;
  if (refused) {
    lines.push(
      `the simulated portal refused ${formatCount(refused.suspend + refused.throttle + refused.step_up)} events (suspended ${formatCount(refused.suspend)}, throttled ${formatCount(refused.throttle)}, second factor ${formatCount(refused.step_up)})`,
    );
  }
  return lines.join('\n');
}

function incidents(lane: Lane, top: number): string {
  const all = lane.incidents.sorted();
  if (all.length === 0) return 'No alert.';
  const ranked = [...all].sort((a, b) => b.peak.score - a.peak.score || a.created.timeMs - b.created.timeMs);
  const rows = ranked
    .slice(0, top)
    .map(({ created, peak, last, rung, severity }, i) => [
      i + 1,
      created.account.id,
      grave(severity, rung),
      peak.score.toFixed(1),
      minute(created.timeMs),
      created.exposed,
      last.exposed,
      peak.evidence.slice(0, 3).map(inShort).join(', '),
    ]);
  const head = [
    '',
    'account',
    'rung',
    'score',
    'first alert (UTC)',
    'exposed',
    'in all',
    'evidence (observed of, nats)',
  ];
  const more = all.length > top ? `\n… and ${all.length - top} more (--top N, or --format json)` : '';
  return `${strong(`${all.length} alert${all.length === 1 ? '' : 's'}, strongest first`)}\n${formatTable(head, rows)}${more}`;
}

const inShort = (e: Evidence): string => `${e.name} ${e.observed}/${e.of}${e.nats > 0 ? ` +${e.nats.toFixed(1)}` : ''}`;

function campaigns(lane: Lane): string {
  const all = lane.campaigns.sorted();
  if (all.length === 0) return '';
  const rows = all.map(({ id, kind, namedMs, members, fdr, evidence }) => [
    id.slice(0, 8),
    kind.replaceAll('_', ' '),
    minute(namedMs),
    members.length,
    `${Math.round(fdr * 100)} %`,
    evidence.slice(0, 2).map(countInShort).join('; '),
  ]);
  const head = ['campaign', 'found by', 'named (UTC)', 'accounts', 'by chance', 'accounts counted, expected'];
  return `${strong(`${all.length} campaign${all.length === 1 ? '' : 's'} over several accounts`)}\n${formatTable(head, rows)}`;
}

const countInShort = ({ key, value, observed, expected, days }: CampaignEvidence): string =>
  `${key.replace('_', ' x ')}${value === '' ? '' : ` ${value}`}: ${observed}, ${expected} in ${days} d`;

function actions(lane: Lane): string {
  if (lane.actions.length === 0) return '';
  const decisions = ['act', 'await_approval', 'observe', 'drop'] as const;
  const rows = RUNGS.filter((rung) => rung !== 'alert').map((rung) => [
    rung,
    ...decisions.map((decision) => lane.actions.filter((a) => a.rung === rung && a.decision === decision).length),
  ]);
  const notices = lane.notices.map((n) => `\n${n.message}`).join('');
  const head = ['planned', 'at once', 'needs a person', 'observed only', 'dropped'];
  return `${strong('What the response would do')}\n${formatTable(head, rows)}${notices}`;
}

const known = (figure: number): number | string => (Number.isNaN(figure) ? 'not known' : figure);

function exposure({ byKind, attacks }: LaneSummary, lane: Lane): string {
  if (byKind.length === 0) return '';
  const simulated = lane.portal !== undefined;
  const head = [
    'attack',
    'n',
    ...RUNGS.flatMap((rung) => [`before ${rung}`, 'p95', 'reached']),
    ...(simulated ? ['contained at', 'p95'] : []),
    'if nobody acted',
  ];
  const rows = byKind.map((k) => [
    k.kind,
    k.attacks - k.notInLog,
    ...RUNGS.flatMap((rung) => [
      known(k.before[rung].median),
      known(k.before[rung].p95),
      `${k.reached[rung]}/${k.attacks - k.notInLog}`,
    ]),
    ...(simulated ? [known(k.contained.median), known(k.contained.p95)] : []),
    known(k.ifNobodyActed.median),
  ]);
  const absent = absentAttacks(attacks);
  return `${strong('People exposed, median and 95th percentile per attack')}\n${formatTable(head, rows)}${absent === undefined ? '' : `\n${absent}`}`;
}

function honest({ honest: cost }: LaneSummary): string {
  const rows = RUNGS.map((rung) => {
    const { accountMonths, per10000, bound95Per10000, byHardCase } = cost.rungs[rung];
    const cases = byHardCase.map((c) => `${c.kind} ${c.accountMonths}`).join(', ');
    const days = rung === 'alert' ? '' : formatCount(Math.round(cost.restrictedDays[rung]));
    return [rung, accountMonths, per10000.toFixed(1), `≤ ${bound95Per10000.toFixed(1)}`, days, cases];
  });
  return `${strong(`Honest accounts disturbed (${formatCount(cost.accounts)} accounts, ${formatCount(Math.round(cost.accountMonths))} account-months of 30 days)`)}\n${formatTable(
    ['rung', 'account-months', 'per 10,000', '95 % bound', 'account-days restricted', 'what they were doing'],
    rows,
  )}`;
}

function difference(lane: Lane, against: Lane, top: number): string {
  const all = differenceOf(lane, against);
  const title = strong(`--against: ${against.incidents.size} alerts instead of ${lane.incidents.size}`);
  if (all.length === 0) return `${title}; no account differs`;
  const rows = all
    .slice(0, top)
    .map((d) => [
      d.account,
      d.policy.alerts,
      d.policy.rung || 'none',
      d.policy.acted.join(' '),
      d.against.alerts,
      d.against.rung || 'none',
      d.against.acted.join(' '),
    ]);
  const more = all.length > top ? `\n… and ${all.length - top} more` : '';
  return `${title}; ${all.length} accounts differ\n${formatTable(
    ['account', 'alerts', 'rung', 'acted', 'alerts against', 'rung against', 'acted against'],
    rows,
  )}${more}`;
}

function sweepTable(
  { path, lanes }: NonNullable<ReplayResult['sweep']>,
  summaries: ReadonlyMap<string, LaneSummary> | undefined,
): string {
  const head = ['value', 'alerts', 'step_up', 'throttle', 'suspend'];
  if (summaries)
    head.push('exposed before suspend', 'p95', 'contained at', 'false alerts', 'false step_ups', 'false suspends');
  const rows = lanes.map(({ value, lane }) => {
    const acted = actedByRung(lane);
    const row = [JSON.stringify(value), lane.incidents.size, acted.step_up, acted.throttle, acted.suspend];
    const summary = summaries?.get(lane.name);
    if (!summary) return row;
    const all = summary.byKind.find((k) => k.kind === 'all');
    const { rungs } = summary.honest;
    return [
      ...row,
      ...(all ? [all.before.suspend.median, all.before.suspend.p95, all.contained.median].map(known) : ['', '', '']),
      rungs.alert.accountMonths,
      rungs.step_up.accountMonths,
      rungs.suspend.accountMonths,
    ];
  });
  return `${strong(`--sweep ${path}`)}\n${formatTable(head, rows)}`;
}
