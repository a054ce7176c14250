import { parse as parseYaml } from 'yaml';
import type { PolicyOverride } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';

/** One policy a value, all folded in one pass. */
const MAX_VALUES = 50;

/** `rungs.suspend=15,17,19`: a dotted path of the policy file and the values to try there. */
export function parseSweep(text: string): readonly PolicyOverride[] {
  const [, path, list] = /^([A-Za-z0-9_.]+)=(.+)$/.exec(text) ?? [];
  const values = list?.split(',').map((value) => value.trim());
  if (path === undefined || values === undefined || values.some((value) => value === '')) {
    throw new CommandFailure(`--sweep ${text}: write it like rungs.suspend=15,17,19`, EXIT.usage);
  }
  if (values.length > MAX_VALUES) {
    throw new CommandFailure(
      `--sweep ${path} has ${values.length} values, at most ${MAX_VALUES} fit in one pass`,
      EXIT.usage,
    );
  }
  return values.map((value) => ({ path, value: parseYaml(value) as unknown }));
}
