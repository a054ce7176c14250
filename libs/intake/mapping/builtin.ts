import { readFileSync } from 'node:fs';
import { assert } from '#libs/base/assert.ts';
import { formatProblem } from '#libs/model/policy/problem.ts';
import { parseMapping } from './parse-mapping.ts';
import type { MappingFile } from './schema.ts';

/** Mappings that come with the program: files like any other, to be copied and changed. */
export const BUILTIN_MAPPINGS = ['combined', 'common', 'csv', 'w3c'] as const;
export type BuiltinMapping = (typeof BUILTIN_MAPPINGS)[number];

/** The text of a shipped mapping file. */
const builtinMappingText = (name: BuiltinMapping): string =>
  readFileSync(new URL(`./builtin/${name}.yaml`, import.meta.url), 'utf8');

/** A shipped mapping, checked as a user's would be. */
export function builtinMapping(name: BuiltinMapping): MappingFile {
  const parsed = parseMapping(builtinMappingText(name), `${name}.yaml`);
  assert(parsed.ok, parsed.ok ? '' : parsed.error.map(formatProblem).join('\n'));
  return parsed.value;
}
