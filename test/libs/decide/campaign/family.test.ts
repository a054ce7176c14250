import { expect, test } from 'vitest';
import type { Family } from '#libs/decide/campaign/family.ts';
import { countAccount, createFamily, keyRate, learnDay, uncountAccount } from '#libs/decide/campaign/family.ts';

/** Days on which as many accounts came as given; a week later each is learnt. @param named so many of them, at most */
function live(family: Family, fromDay: number, days: number, accounts: number, named: number): number {
  for (let day = fromDay; day < fromDay + days; day++) {
    learnDay(family, day, day >= 7);
    const rate = keyRate(family, 'key', day, 0);
    for (let i = 0; i < accounts; i++) countAccount(family, rate, day);
    for (let i = 0; i < named; i++) uncountAccount(family, rate, day);
  }
  return fromDay + days;
}

const dailyRate = ({ total }: Family): number => total.seen / total.time;

test('a campaign that takes in all who rise does not teach that nobody does', () => {
  const family = createFamily('standing');
  const day = live(family, 0, 60, 2, 0);
  expect(dailyRate(family)).toBeGreaterThan(1.7);
  live(family, day, 30, 2, 2);
  expect(dailyRate(family)).toBeGreaterThan(1.6);
});

test('the accounts of an attack do not teach that many rise', () => {
  const family = createFamily('standing');
  const day = live(family, 0, 60, 2, 0);
  live(family, day, 30, 42, 40);
  expect(dailyRate(family)).toBeLessThan(2.2);
});
