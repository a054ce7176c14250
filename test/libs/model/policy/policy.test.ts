import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { DEFAULT_THRESHOLDS } from '#libs/model/policy/defaults.ts';
import type { FindCalibration, PolicyOverride } from '#libs/model/policy/index.ts';
import {
  defaultPolicy,
  diffPolicies,
  formatProblem,
  parseCalibration,
  parsePolicy,
  starterFile,
} from '#libs/model/policy/index.ts';
import { DEFAULT_RESPONSE_POLICY } from '#libs/model/response-policy.ts';

const read = (text: string, find?: FindCalibration, overrides?: readonly PolicyOverride[]) =>
  parsePolicy({ name: 'p.yaml', text }, find, overrides);

function policyOf(text: string, find?: FindCalibration) {
  const parsed = read(text, find);
  if (!parsed.ok) throw new Error(parsed.error.map(formatProblem).join('\n'));
  return parsed.value;
}

function problemsOf(text: string, find?: FindCalibration): string[] {
  const parsed = read(text, find);
  return parsed.ok ? [] : parsed.error.map(formatProblem);
}

test('an empty file is the defaults, and so is the starter file', () => {
  const policy = policyOf('');
  expect(policy.detection.thresholds).toEqual(DEFAULT_THRESHOLDS);
  expect(policy.response).toEqual(DEFAULT_RESPONSE_POLICY);
  expect(policyOf(starterFile()).digest).toBe(policy.digest);
  expect(policyOf('# nothing\n').digest).toBe(defaultPolicy().digest);
});

test('every line of the starter file may be uncommented and still means the defaults', () => {
  const uncommented = starterFile().replace(/^( *)# (?=[a-z_0-9]+:)/gm, '$1');
  const value = parseYaml(uncommented);
  expect(Object.keys(value)).toEqual(Object.keys(defaultPolicy().effective));
  expect(value.response.budget.suspend.per_hour).toBe(DEFAULT_RESPONSE_POLICY.budget.suspend.perHour);
  expect(policyOf(uncommented).digest).toBe(defaultPolicy().digest);
});

test('the digest follows the meaning, not the writing', () => {
  const a = policyOf('rungs: { suspend: 40, alert: 8 }\nresponse: { mode: observe }\n');
  const b = policyOf(
    '# a comment\nresponse:\n  mode: { manager: observe, professional: { low: observe, medium: observe, high: observe, critical: observe }, software: observe }\nrungs:\n  alert: 8.0\n  suspend: 40\n',
  );
  expect(a.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(b.digest).toBe(a.digest);
  expect(policyOf('rungs: { suspend: 40.001 }').digest).not.toBe(policyOf('rungs: { suspend: 40 }').digest);
});

test('observe is one line', () => {
  const { mode } = policyOf('response: { mode: observe }').response;
  expect(mode.professional.critical).toBe('observe');
  expect(mode.manager.low).toBe('observe');
  const mixed = policyOf('response: { mode: { manager: { critical: approve } } }').response.mode;
  expect([mixed.manager.critical, mixed.manager.high, mixed.professional.critical]).toEqual([
    'approve',
    'auto',
    'auto',
  ]);
});

test('all errors at once, each with place, path, what was found and what is allowed', () => {
  expect(
    problemsOf(
      [
        'rungs:',
        '  suspnd: 19',
        '  step_up: 900',
        'response:',
        '  mode:',
        '    professional:',
        '      critical: atuo',
        '  highest_rung:',
        '    software: off',
        '  protected:',
        '    - account: PS-1',
        '      until: tomorrow',
        'streams:',
        '  disabled: [territory, speed]',
      ].join('\n'),
    ),
  ).toMatchInlineSnapshot(`
    [
      "p.yaml:2:3: rungs.suspnd: unknown field; did you mean suspend? (allowed: alert, step_up, throttle, suspend)",
      "p.yaml:3:12: rungs.step_up: this cannot stand here (found 900; allowed: a number from 0.5 to 200, or fields per_10000)",
      "p.yaml:7:17: response.mode.professional.critical: this cannot stand here; did you mean auto? (found "atuo"; allowed: one of observe, approve, auto)",
      "p.yaml:9:15: response.highest_rung.software: this cannot stand here (found "off"; allowed: one of alert, step_up, throttle, suspend)",
      "p.yaml:11:7: response.protected.0.reason: a value is missing (allowed: a text of 3 to 500 characters)",
      "p.yaml:12:14: response.protected.0.until: this cannot stand here (found "tomorrow"; allowed: a date like 2026-12-31, or a date and time like 2026-12-31T18:00:00+01:00)",
      "p.yaml:14:25: streams.disabled.1: this cannot stand here (found "speed"; allowed: one of territory, miss, adjacency, unseen, no_follow_up_30m, no_follow_up_3h, no_follow_up_1d, no_follow_up_9d, rate, new_source, territory_new_source, miss_new_source, closed_contract, identities, other_insurer, no_pec, cadence, closed_hours, round_the_clock, dormant, honeytoken, sorted_order, first_export)",
    ]
  `);
});

test.each([
  ['rungs: [1, 2]', 'p.yaml:1:8: rungs: this cannot stand here (found [1,2]; allowed: fields alert, step_up'],
  ['- a', 'p.yaml:1:1: this cannot stand here (found ["a"]; allowed: fields version'],
  ['rungs:\n  alert: 8\n  alert: 9', 'p.yaml:3:3: not valid YAML: Map keys must be unique'],
  ['rungs: {', 'p.yaml:1:9: not valid YAML'],
  ['rungs:\n\talert: 8', 'p.yaml:2:1: not valid YAML'],
  ['rungs: { alert: !secret 8 }', 'not valid YAML: Unresolved tag'],
  ['rungs: { alert: .nan }', 'rungs.alert: this cannot stand here'],
  ['__proto__: { a: 1 }', '__proto__: unknown field'],
  [
    'rungs: { suspend: 9, step_up: 10.2, alert: 8 }',
    'p.yaml:1:19: rungs.suspend: suspend would be reached before step_up (found 9',
  ],
  ['streams: { tails: { miss: { q99: 800 } } }', 'streams.tails.miss.q999: the tail must rise'],
  [
    'response: { budget: { suspend: { per_hour: 100 } } }',
    'response.budget.suspend.per_day: less than per_hour (found 40',
  ],
  [
    'response: { protected: [{ account: A, until: 2027-01-01, reason: on call }, { account: A, until: 2027-01-01, reason: on call }] }',
    'response.protected.1.account: protected twice',
  ],
  ['rungs: { suspend: { per_10000: 1 } }', 'rungs.suspend: a budget needs a calibration file'],
  ['rungs: { suspend: { per_1000: 1 } }', 'rungs.suspend.per_1000: unknown field; did you mean per_10000?'],
  [
    `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefg'
      .split('')
      .map((k, i) => `${k}: &${k} [${`*${'abcdefg'[i]}, `.repeat(9)}]`)
      .join('\n')}`,
    'Excessive alias count',
  ],
])('refused: %s', (text, message) => {
  expect(problemsOf(text).join('\n')).toContain(message);
});

test('a protection by date lasts to the end of that day', () => {
  const text = (until: string) => `response: { protected: [{ account: A, until: ${until}, reason: on call }] }`;
  const until = (value: string) => policyOf(text(value)).response.protectedAccounts[0]?.untilMs;
  expect(until('2026-12-31')).toBe(Date.UTC(2027, 0, 1));
  expect(until('"2026-12-31T18:00:00+01:00"')).toBe(Date.UTC(2026, 11, 31, 17));
});

const CALIBRATION = `version: 1
account_months: 30000
tails: { miss: { q99: 4, q999: 6 } }
scores:
  - { per_10000: 100, score: 10 }
  - { per_10000: 10, score: 14 }
  - { per_10000: 1, score: 18 }
`;

test('a budget becomes the score that the calibration measured, or is refused', () => {
  const find: FindCalibration = (path) => parseCalibration({ name: path, text: CALIBRATION });
  const policy = policyOf(
    'calibration: c.yaml\nrungs: { suspend: { per_10000: 1 }, step_up: { per_10000: 31.6228 } }',
    find,
  );
  expect(policy.detection.thresholds).toEqual({ ...DEFAULT_THRESHOLDS, step_up: 12, suspend: 18 });
  expect(policy.detection.tails.miss).toEqual({ q99: 4, q999: 6 });
  expect(problemsOf('calibration: c.yaml\nrungs: { suspend: { per_10000: 0.1 } }', find)).toEqual([
    'p.yaml:2:19: rungs.suspend: the calibration has no measured score for this budget (found {"per_10000":0.1}; allowed: 1 to 100)',
  ]);
  const falling = parseCalibration({ name: 'c.yaml', text: CALIBRATION.replace('score: 14', 'score: 9') });
  expect(falling.ok ? [] : falling.error.map(formatProblem)).toEqual([
    expect.stringContaining('c.yaml:6:5: scores.1: the scores must rise'),
  ]);
});

test('overrides are checked as if the file said so', () => {
  const changed = read('rungs: { suspend: 40 }', undefined, [{ path: 'rungs.suspend', value: 37 }]);
  expect(changed.ok && changed.value.detection.thresholds.suspend).toBe(37);
  const made = read('', undefined, [{ path: 'quota.hour.factor', value: 4 }]);
  expect(made.ok && made.value.detection.quota.hourFactor).toBe(4);
  expect(read('', undefined, [{ path: 'rungs.suspned', value: 17 }]).ok).toBe(false);
});

test('differences name the field and both values', () => {
  const observe = policyOf('rungs: { suspend: 41 }\nstreams: { disabled: [rate] }');
  expect(diffPolicies(defaultPolicy().effective, observe.effective)).toEqual([
    { path: 'rungs.suspend', from: DEFAULT_THRESHOLDS.suspend, to: 41 },
    { path: 'streams.disabled', from: [], to: ['rate'] },
  ]);
});

test('a policy cannot be changed once it is read', () => {
  const { effective } = policyOf('');
  expect(() => Object.assign(effective.quota.hour, { factor: 1 })).toThrow(TypeError);
});
