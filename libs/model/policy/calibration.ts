import { z } from 'zod';
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import type { Rung } from '#libs/model/alert.ts';
import { ACCOUNT_CLASSES } from '#libs/model/codes.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';
import { deepFreeze } from './canonical.ts';
import type { FileProblem } from './problem.ts';
import type { SourceText } from './yaml-file.ts';
import { checkAgainst, fieldProblem, readYaml } from './yaml-file.ts';

/**
 * What an installation has learnt of its own honest months: the benign tails of the streams, and how often honest
 * accounts reach a score. It turns a budget ("one honest account per 10,000 account-months") into a threshold.
 */
const bounds = z.tuple([z.number().nonnegative(), z.number().nonnegative()]);

const scores = z
  .array(
    z.strictObject({
      per_10000: z.number().positive().max(10_000),
      score: z.number().positive(),
      extrapolated: z.boolean().optional().describe('True where too few months lay beyond to observe it.'),
    }),
  )
  .min(2);

const tails = z.partialRecord(
  z.enum(STREAM_NAMES),
  z.strictObject({ q99: z.number().positive(), q999: z.number().positive() }),
);

export const calibrationSchema = z.strictObject({
  version: z.literal(1),
  account_months: z.number().positive().describe('Honest account-months that the figures come from.'),
  period: z
    .strictObject({ from: z.string(), to: z.string() })
    .optional()
    .describe('First and last day that counted, RFC 3339.'),
  margin: z
    .number()
    .min(1)
    .optional()
    .describe('Each score was measured at a budget so many times smaller than the one it stands at.'),
  tails: tails.default({}).describe('Upper quantiles of each stream’s monthly maximum over honest accounts, nats.'),
  scores: scores.describe('Honest accounts per 10,000 account-months whose monthly maximum exceeds the score.'),
  suspend_scores: scores
    .optional()
    .describe('The same for the score that counts for a suspension (no volume, gate open); without it, `scores`.'),
  bounds: z
    .partialRecord(
      z.enum(STREAM_NAMES),
      z.strictObject({ q99: bounds, q999: bounds, extrapolated: z.boolean().optional() }),
    )
    .optional()
    .describe('How sure each tail is: 95 % bounds, nats. For people and for watching drift.'),
  classes: z
    .partialRecord(z.enum(ACCOUNT_CLASSES), z.strictObject({ account_months: z.number().positive(), tails }))
    .optional()
    .describe(
      'Tails of one class by its own months: they count for its accounts, `tails` where a stream is not named.',
    ),
});
export type Calibration = z.output<typeof calibrationSchema>;

/** Reads and checks a calibration file. */
export function parseCalibration(source: SourceText): Result<Calibration, FileProblem[]> {
  const yaml = readYaml(source);
  if (!yaml.ok) return yaml;
  const { locate } = yaml.value;
  const checked = checkAgainst(calibrationSchema, yaml.value.value, source.name, locate);
  if (!checked.ok) return checked;
  const problems: FileProblem[] = [];
  for (const field of ['scores', 'suspend_scores'] as const) {
    const points = checked.value[field] ?? [];
    points.forEach((point, i) => {
      const before = points[i - 1];
      if (before && !(point.per_10000 < before.per_10000 && point.score > before.score)) {
        const rule = 'rarer with a higher score, line by line';
        problems.push(fieldProblem(source.name, locate, [field, i], 'the scores must rise', point, rule));
      }
    });
  }
  const { tails: all, classes = {} } = checked.value;
  const tables = [
    { path: ['tails'], table: all },
    ...Object.entries(classes).map(([name, own]) => ({ path: ['classes', name, 'tails'], table: own.tails })),
  ];
  for (const { path, table } of tables) {
    for (const [name, tail] of Object.entries(table)) {
      if (tail.q999 > tail.q99) continue;
      problems.push(fieldProblem(source.name, locate, [...path, name], 'the tail must rise', tail, 'q999 above q99'));
    }
  }
  return problems.length > 0 ? err(problems) : ok(deepFreeze(checked.value));
}

/**
 * Score that a budget needs, nats: between two measured points the tail is taken as exponential (linear in the logarithm
 * of the rate). Undefined where the budget lies outside what was measured: extrapolating a tail is how a budget is missed.
 */
export function scoreForBudget(calibration: Calibration, rung: Rung, per10000: number): number | undefined {
  const scores = (rung === 'suspend' ? calibration.suspend_scores : undefined) ?? calibration.scores;
  for (let i = 0; i + 1 < scores.length; i++) {
    const [a, b] = [scores[i]!, scores[i + 1]!];
    if (per10000 > a.per_10000 || per10000 < b.per_10000) continue;
    const share = Math.log(a.per_10000 / per10000) / Math.log(a.per_10000 / b.per_10000);
    return Math.round((a.score + share * (b.score - a.score)) * 1000) / 1000;
  }
  return undefined;
}
