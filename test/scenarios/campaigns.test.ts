import { expect, test } from 'vitest';
import { simulateAndReplay } from '../support/incident-run.ts';

/**
 * Forty accounts robbed of twenty people a day each: too little for each alone to stand out at once. The full-size runs
 * (a hundred of 1,500 accounts) are in the power page; here the portal is smaller, so that a test takes a minute.
 */
const PORTAL = ['--accounts', '450', '--days', '39'];
const STOLEN = 40;

async function distributed(seed: number, values: string) {
  const attack = `distributed:count=${STOLEN},start=35.3${values}`;
  const { replay } = await simulateAndReplay(['--seed', String(seed), ...PORTAL, '--attack', attack], []);
  const [named] = replay.labels.campaigns.attacks;
  const { honest_named: honest, false_campaigns: wrong } = replay.labels.campaigns;
  process.stdout.write(
    `distributed${values}: ${named!.named_24h} of ${STOLEN} named in 24 h, ${named!.named_48h} in 48 h, ${honest} honest accounts with them\n`,
  );
  return { named: named!, honest, wrong, campaigns: replay.campaigns };
}

test('used from the same machines: all are named within a day or two, hardly anybody else', async () => {
  const { named, honest, wrong, campaigns } = await distributed(51, ',shared=true');
  expect(named.named_48h).toBeGreaterThanOrEqual(0.95 * STOLEN);
  expect(honest).toBeLessThanOrEqual(0.15 * STOLEN);
  expect(wrong).toBe(0);
  expect(Math.max(...campaigns.map(({ accounts }) => accounts.length))).toBeGreaterThanOrEqual(0.9 * STOLEN);
});

test('sharing nothing: nine in ten are named in 48 h', async () => {
  const { named, honest, wrong, campaigns } = await distributed(52, '');
  expect(named.named_48h).toBeGreaterThanOrEqual(0.9 * STOLEN);
  // The false-discovery rate is stated as a tenth; so few accounts leave room for chance.
  expect(honest).toBeLessThanOrEqual(0.25 * STOLEN);
  expect(wrong).toBe(0);
  for (const { fdr } of campaigns) expect(fdr).toBeLessThanOrEqual(0.1);
});

test('a release of the portal, after which every browser has another device id, names nobody and stops nobody', async () => {
  const release = ['--seed', '53', '--accounts', '450', '--days', '60', '--hard-cases', 'portal-release'];
  const { replay } = await simulateAndReplay(release, []);
  const { disturbed } = replay.labels.honest;
  process.stdout.write(`release: ${replay.campaigns.length} campaigns, ${JSON.stringify(disturbed)}\n`);
  expect(replay.campaigns).toEqual([]);
  expect(disturbed.suspend!.account_months).toBe(0);
  expect(disturbed.step_up!.account_months).toBeLessThanOrEqual(3);
});
