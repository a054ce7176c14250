import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { Calibration } from './calibration.ts';
import { scoreForBudget } from './calibration.ts';
import { canonicalDigest, deepFreeze } from './canonical.ts';
import { crossFieldProblems } from './cross-field.ts';
import type { EffectivePolicy } from './effective.ts';
import { effectivePolicy } from './effective.ts';
import type { FileProblem } from './problem.ts';
import { policySchema } from './schema.ts';
import { detectionPolicy, responsePolicy } from './sections.ts';
import type { Locate, SourceText } from './yaml-file.ts';
import { checkAgainst, fieldProblem, readYaml } from './yaml-file.ts';

/** A policy that may be used: checked, complete, frozen. */
export interface Policy {
  /** SHA-256, hex, of what the policy means, calibration included. */
  readonly digest: string;
  readonly effective: EffectivePolicy;
  readonly detection: DetectionPolicy;
  readonly response: ResponsePolicy;
}

/** Gives the calibration file that a policy names (path as written in it); the caller does the reading. */
export type FindCalibration = (path: string) => Result<Calibration, FileProblem[]>;

/** A dotted path and the value to put there before the file is checked. */
export interface PolicyOverride {
  readonly path: string;
  readonly value: unknown;
}

const NO_CALIBRATION: FindCalibration = () => err([]);

/**
 * Reads a policy file: YAML, schema, fields that must agree, calibration. All problems of a stage at once.
 * @param overrides put in place of what the file says (sweeps)
 */
export function parsePolicy(
  source: SourceText,
  findCalibration: FindCalibration = NO_CALIBRATION,
  overrides: readonly PolicyOverride[] = [],
): Result<Policy, FileProblem[]> {
  const yaml = readYaml(source);
  if (!yaml.ok) return yaml;
  const { locate } = yaml.value;
  const value = overrides.reduce((v, o) => withValueAt(v, o.path.split('.'), o.value), yaml.value.value);
  const checked = checkAgainst(policySchema, value, source.name, locate);
  if (!checked.ok) return checked;
  const effective = effectivePolicy(checked.value);
  const calibration = effective.calibration === '' ? undefined : findCalibration(effective.calibration);
  if (calibration && !calibration.ok) return calibration;
  const thresholds = resolveThresholds(effective, calibration?.value, source.name, locate);
  if (!thresholds.ok) return thresholds;
  const problems = crossFieldProblems(effective, thresholds.value, source.name, locate);
  if (problems.length > 0) return err(problems);
  // A calibration file is named by its place, but what it says is what counts.
  const digest = canonicalDigest({ ...effective, calibration: calibration?.value ?? '' });
  return ok(
    deepFreeze({
      digest,
      effective,
      detection: detectionPolicy(effective, thresholds.value, calibration?.value, digest),
      response: responsePolicy(effective),
    }),
  );
}

/** The policy of an empty file. */
export function defaultPolicy(overrides: readonly PolicyOverride[] = []): Policy {
  const parsed = parsePolicy({ name: 'built-in defaults', text: '' }, NO_CALIBRATION, overrides);
  if (!parsed.ok) throw new Error(`the built-in defaults are not valid: ${parsed.error[0]?.message}`);
  return parsed.value;
}

function resolveThresholds(
  policy: EffectivePolicy,
  calibration: Calibration | undefined,
  file: string,
  locate: Locate,
): Result<Record<Rung, number>, FileProblem[]> {
  const problems: FileProblem[] = [];
  const thresholds = {} as Record<Rung, number>;
  for (const rung of RUNGS) {
    const setting = policy.rungs[rung];
    if (typeof setting === 'number') {
      thresholds[rung] = setting;
      continue;
    }
    const score = calibration && scoreForBudget(calibration, rung, setting.per_10000);
    if (score !== undefined) {
      thresholds[rung] = score;
      continue;
    }
    const rates = calibration?.scores.map((s) => s.per_10000);
    const [message, allowed] = rates
      ? ['the calibration has no measured score for this budget', `${Math.min(...rates)} to ${Math.max(...rates)}`]
      : ['a budget needs a calibration file: name it in `calibration`, or give a score', 'a number from 0.5 to 200'];
    problems.push(fieldProblem(file, locate, ['rungs', rung], message, setting, allowed));
  }
  return problems.length > 0 ? err(problems) : ok(thresholds);
}

/** A copy of plain data with one value replaced; objects on the way are made where they are missing. */
function withValueAt(at: unknown, path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const object = at !== null && typeof at === 'object' && !Array.isArray(at) ? at : {};
  const inner = Object.hasOwn(object, step) ? (object as Record<string, unknown>)[step] : undefined;
  return { ...object, [step]: withValueAt(inner, rest, value) };
}
