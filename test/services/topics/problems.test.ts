import { expect, test } from 'vitest';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { topicProblems } from '#services/topics/command.ts';

const names = topicNames();
const specs = (partitions: number) => topicSpecs(names, partitions);
const whole = new Map(specs(12).map((spec) => [spec.name, spec.partitions]));

test('topics that fit together have no problem, whatever the number of partitions', () => {
  expect(topicProblems(whole, specs)).toEqual([]);
});

test('each missing topic is named', () => {
  const counts = new Map(whole);
  counts.delete(names.alerts);
  expect(topicProblems(counts, specs)).toEqual([expect.stringMatching(/^vigie\.alerts: missing/)]);
  expect(topicProblems(new Map(), specs)).toHaveLength(specs(1).length);
});

test('a journal that does not follow the access log, or several partitions of controls, are named', () => {
  const counts = new Map(whole).set(names.journal, 6).set(names.controls, 2).set(names.alerts, 3);
  expect(topicProblems(counts, specs)).toEqual([
    'vigie.controls: has 2 partitions, needs 1',
    'vigie.journal: has 6 partitions, needs 12',
  ]);
});
