import { describe, expect, it } from 'vitest';
import { BUILTIN_MAPPINGS, builtinMapping, parseMapping } from '#libs/intake/index.ts';
import { formatProblem } from '#libs/model/policy/problem.ts';

const problemsOf = (yaml: string): string[] => {
  const parsed = parseMapping(yaml, 'my.yaml');
  return parsed.ok ? [] : parsed.error.map(formatProblem);
};

const GOOD = `name: mine
format: regex
pattern: '^(?<who>\\S+) (?<when>\\S+) (?<what>\\S+)$'
fields:
  account.id: { from: who }
  time: { from: when }
  action: { constant: login }
  outcome: { from: what, values: { ok: success }, otherwise: error }
`;

describe('mapping files', () => {
  it('takes the example, and every mapping that comes with the program', () => {
    expect(problemsOf(GOOD)).toEqual([]);
    expect(BUILTIN_MAPPINGS.map((name) => builtinMapping(name).name)).toEqual([...BUILTIN_MAPPINGS]);
  });

  it.each([
    [
      'an unknown group, with the groups there are',
      'from: who',
      'from: whom',
      /^my.yaml:5:\d+: fields.account.id.from: .*one of who, when, what/,
    ],
    [
      'a value outside a closed list, with the list',
      'constant: login',
      'constant: signin',
      /^my.yaml:7:\d+: fields.action.constant: .*found "signin".*one of login, beneficiary.search/,
    ],
    [
      'a mapped value outside a closed list',
      'ok: success',
      'ok: fine',
      /^my.yaml:8:\d+: fields.outcome.values.ok: .*one of found, not_found/,
    ],
    ['a wrong regular expression', '(?<who>', '((?<who>', /^my.yaml:3:\d+: pattern: not a regular expression/],
    [
      'an unknown field, with the nearest name',
      'account.id:',
      'account.ids:',
      /my.yaml:5:3: fields.account.ids: unknown field; did you mean account.id\?/,
    ],
    ['a required field that is missing', '  action: { constant: login }\n', '', /fields.action: a value is missing/],
    [
      'an unknown format, with the formats there are',
      'format: regex',
      'format: xml',
      /^my.yaml:2:\d+: format: .*one of regex, csv, json/,
    ],
    [
      'a time format without a zone',
      '{ from: when }',
      '{ from: when, format: dd/MM/yyyy }',
      /^my.yaml:6:\d+: fields.time.format: it has no offset, so it needs a zone/,
    ],
    [
      'an unknown zone',
      '{ from: when }',
      '{ from: when, format: dd/MM/yyyy, zone: Europe/Lutece }',
      /there is no time zone Europe\/Lutece/,
    ],
    [
      'a time format of unknown letters',
      '{ from: when }',
      '{ from: when, format: rfc822 }',
      /fields.time.format: it has no time at "rfc822"/,
    ],
    [
      'neither from nor constant',
      '{ constant: login }',
      '{ default: login }',
      /fields.action: a field needs either "from" or "constant"/,
    ],
    [
      'otherwise without values',
      'values: { ok: success }, ',
      '',
      /fields.outcome.otherwise: "otherwise" goes with "values"/,
    ],
    [
      'a pattern where there is none',
      'format: regex',
      'format: json',
      /^my.yaml:3:\d+: pattern: format json has no pattern/,
    ],
    ['no YAML at all', 'name: mine', 'name: [', /not valid YAML/],
  ])('says where and why: %s', (_title, from, to, expected) => {
    expect(GOOD).toContain(from);
    expect(problemsOf(GOOD.replace(from, to)).join('\n')).toMatch(expected);
  });

  it('says everything at once', () => {
    expect(problemsOf(GOOD.replace('from: who', 'from: x').replace('login', 'signin')).length).toBe(2);
  });
});
