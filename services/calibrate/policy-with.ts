import { ok } from '#libs/base/result.ts';
import type { Rung } from '#libs/model/alert.ts';
import { scoreForBudget } from '#libs/model/policy/calibration.ts';
import type { Calibration, Policy, PolicyOverride } from '#libs/model/policy/index.ts';
import { parsePolicy } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readNamedText } from '#services/cli/named-file.ts';
import { problemText } from '#services/policy/load-policy.ts';

/** The policy that a calibration is learnt for, with a calibration in memory in place of the file it names (or will name). */

/**
 * Scores to fold with before any were learnt: an exponential tail through the shipped thresholds' neighbourhood. Only
 * what is learnt from and when incidents open depends on it, and that only a little.
 */
const FIRST_GUESS: Calibration = {
  version: 1,
  account_months: 1,
  tails: {},
  scores: [
    { per_10000: 10_000, score: 2.5 },
    { per_10000: 0.01, score: 19 },
  ],
};

/** The policy with the tails learnt so far and scores that are good enough to fold with. */
export const policyForFolding = (
  file: string | undefined,
  { tails, classes }: Pick<Calibration, 'tails' | 'classes'> = { tails: {} },
): Policy => policyWith(file, { ...FIRST_GUESS, tails, ...(classes && { classes }) });

/**
 * @param file policy file; without one, the built-in defaults
 * @throws CommandFailure (78) where the policy is not valid, or has a budget that the calibration has no score for
 */
export function policyWith(file: string | undefined, calibration: Calibration): Policy {
  const inMemory: PolicyOverride = { path: 'calibration', value: 'learnt just now' };
  const source =
    file === undefined ? { name: 'built-in defaults', text: '' } : { name: file, text: readNamedText('policy', file) };
  const parsed = parsePolicy(source, () => ok(calibration), [inMemory]);
  if (parsed.ok) return parsed.value;
  throw new CommandFailure(problemText(parsed.error), EXIT.configuration);
}

/** What a rung is set to: a score, or a budget that the calibration turns into one where it can. */
export interface RungSetting {
  readonly budget: number | undefined;
  readonly threshold: number | undefined;
}

export function rungSetting({ effective }: Policy, rung: Rung, calibration: Calibration): RungSetting {
  const setting = effective.rungs[rung];
  if (typeof setting === 'number') return { budget: undefined, threshold: setting };
  return { budget: setting.per_10000, threshold: scoreForBudget(calibration, rung, setting.per_10000) };
}
