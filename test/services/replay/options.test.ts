import { expect, test } from 'vitest';
import { CommandFailure } from '#services/cli/exit-code.ts';
import type { Figures } from '#services/replay/fail-on.ts';
import { FIGURE_NAMES, parseAssertion } from '#services/replay/fail-on.ts';
import { parseLabels } from '#services/replay/labels.ts';
import { parseSweep } from '#services/replay/sweep.ts';

const failure = (work: () => unknown): CommandFailure => {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('a sweep is a dotted path and values as in the policy file', () => {
  expect(parseSweep('rungs.suspend=15, 17.5,19')).toEqual([
    { path: 'rungs.suspend', value: 15 },
    { path: 'rungs.suspend', value: 17.5 },
    { path: 'rungs.suspend', value: 19 },
  ]);
  expect(parseSweep('response.mode=observe')[0].value).toBe('observe');
  for (const text of ['rungs.suspend', 'rungs.suspend=', 'rungs.suspend=1,,2', '=1']) {
    expect(failure(() => parseSweep(text)).exitCode).toBe(2);
  }
  expect(failure(() => parseSweep(`a=${Array.from({ length: 51 }, (_, i) => i).join(',')}`)).message).toContain('51');
});

test.each([
  ['alerts==3', false],
  ['alerts==4', true],
  ['alerts > 3.5', true],
  ['rejected != 0', false],
  ['duplicates<=7', true],
  ['duplicates<7', false],
  ['events>=10', true],
])('--fail-on %s: %s', (text, failed) => {
  const figures = {
    replay: { events: 10, duplicates: 7, rejections: { total: 0 } },
    lane: { incidents: { size: 4 }, actions: [] },
    summary: undefined,
  } as unknown as Figures;
  expect(parseAssertion(text).check(figures).failed).toBe(failed);
});

test('an unknown figure is named with its neighbour, and labels are asked for where they are needed', () => {
  const unknown = failure(() => parseAssertion('false_suspend>0'));
  expect(unknown.exitCode).toBe(2);
  expect(unknown.message).toContain('Did you mean false_suspends?');
  expect(failure(() => parseAssertion('alerts')).exitCode).toBe(2);
  expect(parseAssertion('exposed_p95>30').needsLabels).toBe(true);
  expect(parseAssertion('suspends>0').needsLabels).toBe(false);
  for (const name of FIGURE_NAMES) expect(() => parseAssertion(`${name}>0`)).not.toThrow();
});

test('labels: an end may be missing, everything wrong is said with its place', () => {
  const labels = parseLabels(
    '{"attacks":[{"id":"a","kind":"sweep","accounts":["PS-1"],"start":"2026-03-02T08:00:00Z"}],"more":1}',
    'l.json',
  );
  expect(labels.attacks[0]).toMatchObject({ startMs: Date.UTC(2026, 2, 2, 8), endMs: Infinity });
  // A log of whole seconds has the first event of this attack at its beginning, the last at 09:00:01.
  const fine = '"start":"2026-03-02T08:00:00.417Z","end":"2026-03-02T09:00:00.003Z"';
  const [seconds] = parseLabels(`{"attacks":[{"id":"a","kind":"k","accounts":["x"],${fine}}]}`, 'l.json').attacks;
  expect(seconds).toMatchObject({ startMs: Date.UTC(2026, 2, 2, 8), endMs: Date.UTC(2026, 2, 2, 9, 0, 1) });
  const bad = (text: string) => failure(() => parseLabels(text, 'l.json')).message;
  expect(bad('{')).toContain('l.json: not valid JSON');
  expect(bad('{"attacks":[{"id":"a","kind":"k","accounts":[],"start":"yesterday"}]}')).toMatch(
    /attacks\.0\.accounts: .*\n.*attacks\.0\.start: /,
  );
  const one = '{"id":"a","kind":"k","accounts":["x"],"start":"2026-03-02","end":"2026-03-03"}';
  expect(bad(`{"attacks":[${one},${one}]}`)).toContain('attack a stands twice');
  expect(bad(`{"attacks":[${one.replace('03-03', '03-01')}]}`)).toContain('ends before it starts');
});
