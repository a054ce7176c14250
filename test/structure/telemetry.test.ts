import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { sourceFiles } from '../support/source-files.ts';

const read = (name: string) => readFileSync(new URL(`../../deploy/telemetry/${name}`, import.meta.url), 'utf8');
const named = (text: string): Set<string> => new Set(text.match(/\bvigie_[a-z_]+[a-z]\b/g));

/** Instruments as the code makes them. */
const made = new Set(
  sourceFiles(['services'])
    .filter(({ text }) => /\bMeter\b|\.meter\b/.test(text))
    .flatMap(({ text }) => [...text.matchAll(/'(vigie_[a-z_]+[a-z])'/g)].map(([, name]) => name!)),
);

test('every metric is explained, and none that there is not', () => {
  expect(made.size).toBeGreaterThan(25);
  expect([...named(read('README.md'))].sort()).toEqual([...made].sort());
});

test('the rules ask for metrics that there are', () => {
  const rules = parse(read('rules.yaml')).groups.flatMap((group: { rules: { expr: string }[] }) => group.rules);
  const asked = rules.flatMap(({ expr }: { expr: string }) => [...named(expr)]);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((name: string) => !made.has(name))).toEqual([]);
});

test('the example files are what they say', () => {
  expect(parse(read('collector.yaml')).service.pipelines).toHaveProperty('traces');
  expect(parse(read('prometheus.yaml')).scrape_configs[0].static_configs[0].targets).toHaveLength(3);
});
