import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import { ACCOUNT_CLASSES, ACTIONS, CHANNELS, OUTCOMES, PROFESSIONS } from '#libs/model/codes.ts';
import type { FileProblem } from '#libs/model/policy/problem.ts';
import type { Locate } from '#libs/model/policy/yaml-file.ts';
import { checkAgainst, fieldProblem, readYaml } from '#libs/model/policy/yaml-file.ts';
import type { FieldRule, MappingFile } from './schema.ts';
import { mappingSchema } from './schema.ts';
import { timeReader } from './time-format.ts';

/**
 * Reads and checks a mapping file: every problem at once, each with file, line, path and what may stand there. What
 * passes can be compiled without errors.
 */
export function parseMapping(text: string, name: string): Result<MappingFile, FileProblem[]> {
  const yaml = readYaml({ name, text });
  if (!yaml.ok) return yaml;
  const { value, locate } = yaml.value;
  const checked = checkAgainst(mappingSchema, value, name, locate);
  if (!checked.ok) return checked;
  const mapping = checked.value as unknown as MappingFile;
  const problems = crossCheck(mapping, (path, message, found, allowed = '') =>
    fieldProblem(name, locate as Locate, path, message, found, allowed),
  );
  return problems.length > 0 ? err(problems) : ok(mapping);
}

type Problem = (path: readonly PropertyKey[], message: string, found: unknown, allowed?: string) => FileProblem;

/** Fields of a closed list, and its names. */
const CLOSED: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['account.class', ACCOUNT_CLASSES],
  ['account.profession', PROFESSIONS],
  ['channel', CHANNELS],
  ['action', ACTIONS],
  ['outcome', OUTCOMES],
]);

function crossCheck(mapping: MappingFile, problem: Problem): FileProblem[] {
  const problems: FileProblem[] = [];
  const isRegex = (path: readonly PropertyKey[], source: string | undefined): boolean => {
    if (source === undefined) return false;
    try {
      new RegExp(source);
      return true;
    } catch (error) {
      problems.push(problem(path, `not a regular expression: ${error instanceof Error ? error.message : ''}`, source));
      return false;
    }
  };

  let parts: Set<string> | undefined;
  if (mapping.format === 'regex') {
    if (mapping.pattern === undefined) problems.push(problem(['pattern'], 'format regex needs a pattern', undefined));
    else if (isRegex(['pattern'], mapping.pattern)) parts = namedGroups(mapping.pattern);
  } else if (mapping.pattern !== undefined) {
    problems.push(problem(['pattern'], `format ${mapping.format} has no pattern`, mapping.pattern));
  }
  const checkFrom = (path: readonly PropertyKey[], from: string | number): void => {
    if (mapping.format === 'regex' && parts !== undefined && !parts.has(String(from))) {
      problems.push(problem(path, 'the pattern has no such group', from, `one of ${[...parts].join(', ')}`));
    }
    if (mapping.format === 'csv' && !mapping.csv.header && typeof from !== 'number') {
      problems.push(problem(path, 'without a header, columns go by number', from, 'a whole number from 1'));
    }
  };

  for (const [index, condition] of [...mapping.keep, ...mapping.drop].entries()) {
    const inKeep = index < mapping.keep.length;
    const path = inKeep ? ['keep', index] : ['drop', index - mapping.keep.length];
    checkFrom([...path, 'from'], condition.from);
    isRegex([...path, 'matches'], condition.matches);
    if (condition.in === undefined && condition.matches === undefined) {
      problems.push(problem(path, 'a condition needs "in" or "matches"', condition));
    }
  }
  for (const [field, rule] of Object.entries(mapping.fields)) {
    if (rule === undefined) continue;
    const path = ['fields', field];
    if (rule.from !== undefined) checkFrom([...path, 'from'], rule.from);
    if (field === 'time') continue;
    problems.push(...checkRule(path, field, rule as FieldRule, problem));
    isRegex([...path, 'extract'], (rule as FieldRule).extract);
  }
  const { format, zone } = mapping.fields.time;
  const reader = timeReader(format, zone);
  if (typeof reader === 'string') problems.push(problem(['fields', 'time', 'format'], reader, format));
  if (mapping.userAgent !== undefined) checkFrom(['userAgent', 'from'], mapping.userAgent.from);
  return problems;
}

function checkRule(path: readonly string[], field: string, rule: FieldRule, problem: Problem): FileProblem[] {
  const problems: FileProblem[] = [];
  const { from, constant, values, otherwise } = rule;
  if ((from === undefined) === (constant === undefined)) {
    problems.push(problem(path, 'a field needs either "from" or "constant"', rule));
  }
  if (otherwise !== undefined && values === undefined) {
    problems.push(problem([...path, 'otherwise'], '"otherwise" goes with "values"', otherwise));
  }
  const list = CLOSED.get(field);
  if (list === undefined) return problems;
  const targets: (readonly [readonly PropertyKey[], string | undefined])[] = [
    [[...path, 'constant'], constant],
    [[...path, 'otherwise'], otherwise],
    [[...path, 'default'], rule.default],
    ...Object.entries(values ?? {}).map(([key, value]) => [[...path, 'values', key], value] as const),
  ];
  for (const [at, value] of targets) {
    if (value !== undefined && !list.includes(value)) {
      problems.push(problem(at, `${field} cannot be this`, value, `one of ${list.join(', ')}`));
    }
  }
  return problems;
}

/** Names of the groups of a regular expression. */
function namedGroups(source: string): Set<string> {
  // With an empty alternative the expression always matches, and a match knows all the names.
  const match = new RegExp(`${source}|`).exec('');
  return new Set(Object.keys(match?.groups ?? {}));
}
