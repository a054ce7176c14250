import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { scenarioNames } from '#services/simulate/scenario.ts';
import { runIncident } from '../support/incident-run.ts';

/** The incidents that happened, as a user replays them: who is stopped, when, and how many are exposed instead of how many. */
interface Expected {
  readonly days?: number;
  readonly exposedAtMost: number;
  readonly stopWithinS: number;
  readonly restricted: number;
  readonly named: number;
  readonly byCampaignAtMost?: number;
}

const expectations = new Map<string, Expected>(
  Object.entries(parse(readFileSync(new URL('./incidents.yaml', import.meta.url), 'utf8')) as Record<string, Expected>),
);

test('every shipped scenario is expected to come to something', () => {
  expect([...expectations.keys()].sort()).toEqual(scenarioNames());
});

test.each([...expectations])('%s', async (name, expected) => {
  const outcome = await runIncident(name, expected.days === undefined ? {} : { days: expected.days });
  process.stdout.write(
    `${name}: ${outcome.exposed} exposed instead of ${outcome.ifNobodyActed} (in reality ${outcome.reality.people}); first restriction after ${outcome.firstStopS} s; ` +
      `${outcome.restricted} of ${outcome.accounts} accounts restricted, ${outcome.namedIn48h} named as a campaign\n`,
  );
  expect(outcome.exposed).toBeLessThanOrEqual(expected.exposedAtMost);
  expect(outcome.ifNobodyActed).toBeGreaterThan(2 * expected.exposedAtMost);
  expect(outcome.firstStopS).toBeLessThanOrEqual(expected.stopWithinS);
  expect(outcome.restricted).toBeGreaterThanOrEqual(expected.restricted);
  expect(outcome.namedIn48h).toBeGreaterThanOrEqual(expected.named);
  expect(outcome.exposedByCampaign).toBeLessThanOrEqual(expected.byCampaignAtMost ?? outcome.exposed);
  // Honest accounts: a suspension is rarer than one in a hundred account-months even on the wildest seed.
  expect(outcome.honestSuspended).toBeLessThanOrEqual(0.01 * outcome.honestMonths);
});
