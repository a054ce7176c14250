import { STREAM_NAMES } from '#libs/model/streams.ts';
import { strong } from '#services/cli/terminal/message.ts';
import { formatCount, formatTable } from '#services/cli/terminal/table.ts';
import type { AccountMonth } from './monthly-maxima.ts';
import type { CalibrationResult } from './result.ts';
import type { RungCost } from './rung-cost.ts';
import type { TailQuantile } from './tail-quantile.ts';

/** A calibration for people, and the same as one JSON object. */

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const quantile = ({ value, low, high, extrapolated }: TailQuantile): string =>
  `${value.toFixed(1)}${extrapolated ? '*' : ''} (${low.toFixed(1)} to ${high.toFixed(1)})`;
const interval = ({ lowPer10000, highPer10000 }: RungCost): string =>
  `${lowPer10000.toFixed(1)} to ${highPer10000.toFixed(1)}`;
const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

/** @param loudest how many of the months that carry the tail are listed */
export function calibrationReport(result: CalibrationResult, loudest: number): string {
  const { folded, learntFrom, tails, scores, suspendScores, rungs, quota, check, drifts, warnings } = result;
  const accounts = new Set(learntFrom.map((m) => m.account)).size;
  const parts = [
    `${formatCount(learntFrom.length)} honest account-months (28 days) of ${formatCount(accounts)} accounts, ${day(folded.fromMs)} to ${day(folded.toMs - 1)}; left out: ${formatCount(folded.excluded)} of labelled accounts, ${formatCount(folded.unfinished)} of a month without its end, ${formatCount(folded.months.length - learntFrom.length)} held out`,
    `${strong('Benign tails: highest evidence in a month, nats, with 95 % bounds')}\n${formatTable(
      ['stream', 'months', 'with evidence', '1 in 100 beyond', '1 in 1,000 beyond'],
      tails.map((t) => [t.stream, t.months, t.withEvidence, quantile(t.q99), quantile(t.q999)]),
    )}`,
    ...classTables(result),
    `${strong('Score that each budget needs')}\n${formatTable(
      ['honest accounts per 10,000', 'score', 'for a suspension'],
      scores.map(({ per10000, score }) => {
        const suspend = suspendScores.find((point) => point.per10000 === per10000);
        return [per10000, quantile(score), suspend === undefined ? '-' : quantile(suspend.score)];
      }),
    )}\n* continued beyond what was seen, by the heavier of two tail laws`,
    `${strong('What the policy’s rungs cost honest accounts on these months')}\n${formatTable(
      ['rung', 'budget', 'score', 'months', 'per 10,000', '95 % bounds'],
      [
        ...rungs.map(({ rung, budget, threshold, cost }) => [
          rung,
          budget ?? '',
          threshold?.toFixed(1) ?? '-',
          cost?.months ?? '-',
          cost?.per10000.toFixed(1) ?? '-',
          cost === undefined ? '-' : interval(cost),
        ]),
        ['throttle, by quota alone', '', '', quota.months, quota.per10000.toFixed(1), interval(quota)],
      ],
    )}`,
  ];
  if (check !== undefined) {
    parts.push(
      `${strong(`Checked on ${formatCount(check[0]!.cost.of)} account-months that nothing was learnt from`)}\n${formatTable(
        ['rung', 'budget', 'months', 'per 10,000', '95 % bounds', ''],
        check.map(({ cost, budget, verdict }) => [
          cost.rung,
          budget ?? '',
          cost.months,
          cost.per10000.toFixed(1),
          interval(cost),
          verdict,
        ]),
      )}`,
    );
  }
  if (drifts !== undefined) {
    const lines = drifts.map(
      (d) =>
        `${d.stream} ${d.quantile} moved ${d.direction}: ${d.before[0].toFixed(1)} to ${d.before[1].toFixed(1)} then, ${d.now[0].toFixed(1)} to ${d.now[1].toFixed(1)} now`,
    );
    parts.push(
      `${strong('Drift against the earlier calibration')}\n${lines.join('\n') || 'None: all bounds overlap.'}`,
    );
  }
  const top = [...learntFrom].sort(byScore).slice(0, loudest);
  parts.push(
    `${strong('The months that carry the tail: if one of these accounts was abused, name it in --labels and calibrate again')}\n${formatTable(
      ['account', 'profession', 'month from', 'score', 'strongest'],
      top.map((m) => [m.account, m.profession, day(folded.span(m.month).fromMs), m.score.toFixed(1), strongest(m)]),
    )}`,
  );
  if (warnings.length > 0) parts.push(`${strong('Mind')}\n${warnings.map(sentence).join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

/** Classes whose own months rule for their accounts. Where all accounts are of one class there is nothing to add. */
function classTables({ classes }: CalibrationResult): string[] {
  if (classes.size < 2) return [];
  const rows = [...classes].flatMap(([name, { months, tails }]) =>
    tails.map((t) => [name, t.stream, months, quantile(t.q99), quantile(t.q999)]),
  );
  return [
    `${strong('The same by class, for the accounts of that class')}\n${formatTable(
      ['class', 'stream', 'months', '1 in 100 beyond', '1 in 1,000 beyond'],
      rows,
    )}`,
  ];
}

const byScore = (a: AccountMonth, b: AccountMonth): number =>
  b.score - a.score || a.month - b.month || (a.account < b.account ? -1 : 1);

function strongest({ streams }: AccountMonth): string {
  return STREAM_NAMES.map((name, s) => ({ name, nats: streams[s]! }))
    .filter(({ nats }) => nats > 0)
    .sort((a, b) => b.nats - a.nats)
    .slice(0, 3)
    .map(({ name, nats }) => `${name} ${nats.toFixed(1)}`)
    .join(', ');
}

const rounded = (n: number): number => Math.round(n * 1000) / 1000;
const costJson = ({ months, of, per10000, lowPer10000, highPer10000 }: RungCost) => ({
  months,
  of,
  per_10000: rounded(per10000),
  bounds_95: [rounded(lowPer10000), rounded(highPer10000)],
});

export function calibrationJson(result: CalibrationResult): unknown {
  const { folded, learntFrom, calibration, rungs, quota, check, drifts, warnings } = result;
  return {
    run: {
      events: folded.replay.events,
      rejected: folded.replay.rejections.counts(),
      account_months: learntFrom.length,
      accounts: new Set(learntFrom.map((m) => m.account)).size,
      left_out: {
        labelled: folded.excluded,
        unfinished: folded.unfinished,
        held_out: folded.months.length - learntFrom.length,
      },
    },
    calibration,
    rungs: rungs.map(({ rung, budget, threshold, cost }) => ({
      rung,
      budget: budget ?? null,
      score: threshold ?? null,
      ...(cost && costJson(cost)),
    })),
    quota: costJson(quota),
    ...(check && {
      check: check.map(({ cost, budget, verdict }) => ({
        rung: cost.rung,
        budget: budget ?? null,
        ...costJson(cost),
        verdict,
      })),
    }),
    ...(drifts && { drift: drifts }),
    warnings,
  };
}
