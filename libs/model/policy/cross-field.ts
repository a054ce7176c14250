import type { Rung } from '#libs/model/alert.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';
import type { EffectivePolicy } from './effective.ts';
import type { FileProblem } from './problem.ts';
import type { Locate } from './yaml-file.ts';
import { fieldProblem } from './yaml-file.ts';

/** Pairs of rungs of which the second may not be reached before the first. */
const LADDER: readonly (readonly [Rung, Rung])[] = [
  ['alert', 'step_up'],
  ['alert', 'throttle'],
  ['step_up', 'suspend'],
];

/** Rules between fields, each of which is fine by itself. */
export function crossFieldProblems(
  policy: EffectivePolicy,
  thresholds: Readonly<Record<Rung, number>>,
  file: string,
  locate: Locate,
): FileProblem[] {
  const problems: FileProblem[] = [];
  const wrong = (path: readonly PropertyKey[], message: string, found: unknown, allowed: string) =>
    problems.push(fieldProblem(file, locate, path, message, found, allowed));

  for (const [lower, higher] of LADDER) {
    if (thresholds[higher] < thresholds[lower]) {
      const message = `${higher} would be reached before ${lower}`;
      wrong(['rungs', higher], message, thresholds[higher], `a score of ${thresholds[lower]} or more`);
    }
  }
  for (const name of STREAM_NAMES) {
    const { q99, q999 } = policy.streams.tails[name];
    if (q999 <= q99) wrong(['streams', 'tails', name, 'q999'], 'the tail must rise', q999, `above q99, ${q99}`);
  }
  for (const [rung, b] of Object.entries(policy.response.budget)) {
    const at = (field: string) => ['response', 'budget', rung, field];
    if (b.per_hour < b.per_10_minutes)
      wrong(at('per_hour'), 'less than per_10_minutes', b.per_hour, `${b.per_10_minutes} or more`);
    if (b.per_day < b.per_hour) wrong(at('per_day'), 'less than per_hour', b.per_day, `${b.per_hour} or more`);
  }
  const seen = new Set<string>();
  policy.response.protected.forEach((p, i) => {
    if (seen.has(p.account))
      wrong(['response', 'protected', i, 'account'], 'protected twice', p.account, 'each account once');
    seen.add(p.account);
  });
  return problems;
}
