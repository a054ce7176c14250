import { expect, test } from 'vitest';
import { parseBaseline, peersOf } from '#libs/baseline/baseline-file.ts';
import { expectedOf, withBaseline } from '#libs/baseline/peers.ts';
import { defaultPolicy, formatProblem } from '#libs/model/policy/index.ts';

const day = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 18 ? 1.5 : 0));
const none = Array.from({ length: 24 }, () => 0);
const weekday = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 18 ? 2 : 0));
const group = {
  class: 'professional',
  profession: 'optician',
  channel: 'web',
  accounts: 12,
  followed: true,
  daily: { fresh: 2, people: 4, accounts: 12 },
  traits: {
    miss: { mean: 0.03, strength: 10, accounts: 12 },
    without_3h: { mean: 0.3, strength: 6, accounts: 12 },
    no_pec: { mean: 0.1, strength: 6, accounts: 12 },
    known_without: { mean: 0.7, strength: 6, accounts: 12 },
  },
  dispersion: { size: 1.2, mass: 40 },
  worked: 300,
  week: {
    monday: weekday,
    tuesday: weekday,
    wednesday: weekday,
    thursday: weekday,
    friday: weekday,
    saturday: none,
    sunday: none,
  },
  sources: { changes: 3, days: 200 },
  unseen: { people: 40, of: 100 },
  seen: [30, 20],
  hours: [0, 5, 9],
  days: [0, 0, 4],
};
const file = {
  version: 1,
  policy: 'c'.repeat(64),
  period: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' },
  accounts: 12,
  events: 4000,
  groups: [group],
  areas: [{ department: '69', people: 500, births: { '69': 0.6, '38': 0.4 } }],
};
const problems = (value: unknown): string[] => {
  const parsed = parseBaseline({ name: 'b.json', text: JSON.stringify(value, undefined, 1) });
  return parsed.ok ? [] : parsed.error.map(formatProblem);
};
const withGroup = (change: object) => ({ ...file, groups: [{ ...group, ...change }] });

test('a file in YAML or JSON is read, and names the decisions that are made with it', () => {
  const parsed = parseBaseline({ name: 'b.json', text: JSON.stringify(file) });
  if (!parsed.ok) throw new Error(parsed.error.map(formatProblem).join('\n'));
  const peers = peersOf(parsed.value);
  const { detection } = defaultPolicy();
  expect(withBaseline(detection, peers).digest).toMatch(/^[0-9a-f]{64}$/);
  expect(withBaseline(detection, peers).digest).not.toBe(detection.digest);
  const other = parseBaseline({ name: 'b.json', text: JSON.stringify(withGroup({ worked: 301 })) });
  expect(other.ok && peersOf(other.value).digest).not.toBe(peers.digest);
  // The period and the policy are about its origin, not about what is expected.
  const moved = parseBaseline({ name: 'b.json', text: JSON.stringify({ ...file, events: 5000 }) });
  expect(moved.ok && peersOf(moved.value).digest).toBe(peers.digest);
});

test.each([
  ['a wrong name, with the nearest one', withGroup({ profession: 'opticien' }), ['groups.0.profession', 'optician']],
  [
    'a trait that is none',
    withGroup({ traits: { mis: group.traits.miss } }),
    ['groups.0.traits.mis', 'did you mean miss?'],
  ],
  [
    'a probability above one',
    withGroup({ traits: { miss: { mean: 3, strength: 1, accounts: 5 } } }),
    ['groups.0.traits.miss.mean', 'found 3', 'a number from 0 to 1'],
  ],
  ['a day of 23 hours', withGroup({ week: { ...group.week, monday: none.slice(1) } }), ['groups.0.week.monday']],
  [
    'a week that does not sum up',
    withGroup({ week: { ...group.week, monday: day } }),
    ['groups.0.week', 'found 95', 'a sum of 100'],
  ],
  [
    'more unseen people than people',
    withGroup({ unseen: { people: 5, of: 4 } }),
    ['groups.0.unseen.people', 'at most 4'],
  ],
  ['fewer people than new ones', withGroup({ daily: { fresh: 3, people: 2, accounts: 5 } }), ['groups.0.daily.people']],
  ['a group twice', { ...file, groups: [group, group] }, ['groups.1', 'twice']],
  ['another version', { ...file, version: 2 }, ['version', 'found 2']],
  ['a field that is unknown', { ...file, acounts: 3 }, ['did you mean accounts?']],
  ['a number that JSON has not', withGroup({ worked: null }), ['groups.0.worked']],
])('%s is refused with its place and what may stand there', (_, value, words) => {
  const found = problems(value);
  expect(found.length).toBeGreaterThan(0);
  for (const word of words) expect(found.join('\n')).toContain(word);
  expect(found[0]).toMatch(/^b\.json:\d+:\d+: /);
});

test('without memory of people, all of them are expected, billed as a mix of new and known ones is', () => {
  const parsed = parseBaseline({ name: 'b.json', text: JSON.stringify(file) });
  if (!parsed.ok) throw new Error('not read');
  const expected = expectedOf(parsed.value.groups[0]!);
  expect(expected.perDay).toBe(4);
  // Half of the people are known, and of those 0.7 are not billed.
  expect(expected.traits.without_3h!.mean).toBeCloseTo(0.5, 6);
  expect(expected.traits.miss!.mean).toBe(0.03);
  // Nor is a prise en charge of before the start known.
  expect(expected.traits.no_pec).toBe(undefined);
});
