import { describe, expect, test } from 'vitest';
import { loadScenario, scenarioNames } from '#services/simulate/scenario.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

test('the incidents that are known', () => {
  expect(scenarioNames()).toEqual([
    'almerys-2024',
    'almerys-pec-2026',
    'amelipro-2022',
    'cegedim-2025',
    'ficoba-2026',
    'viamedis-2024',
    'weda-2025',
  ]);
});

describe.each(scenarioNames())('%s', (name) => {
  const scenario = loadScenario(name);

  test('is called as its file, and its portal can be made', () => {
    expect(scenario.name).toBe(name);
    const { attacks } = createSimulation(scenario.config).labels();
    const accounts = attacks.reduce((sum, a) => sum + a.accounts.length, 0);
    // One scenario is a tenth of what happened and says so.
    expect(accounts * (name === 'cegedim-2025' ? 10 : 1)).toBe(scenario.reality.accounts);
  });

  test('strikes after four weeks of ordinary days', () => {
    for (const attack of scenario.config.attacks!) expect(attack.start).toBeGreaterThanOrEqual(28);
  });
});

test('the sample of one runs: a departed doctor, then others, on the evenings of 10 and 11 November 2025', () => {
  const simulation = createSimulation({ ...loadScenario('weda-2025').config, accounts: 80, departments: ['69', '38'] });
  for (const _ of simulation.chunks());
  const [departed, others] = simulation.labels().attacks;
  expect(departed!.start.slice(0, 13)).toBe('2025-11-10T17');
  expect(others!.end.slice(0, 13)).toBe('2025-11-11T21');
  expect(departed!.exposed).toBeGreaterThan(2000);
});
