import type { Account, HardCase } from './accounts.ts';
import { drawClient } from './accounts.ts';
import type { Casting } from './casting.ts';
import { isA, isSmall } from './casting.ts';
import type { World } from './world.ts';

/**
 * Gives honest accounts what makes them look like thieves. Far denser than in life (about a fifth of the accounts in seven
 * weeks): rates are to be read by case, and of accounts without any.
 */
export function giveHardCases(world: World, casting: Casting): void {
  const { portal, random, calendar } = world;
  const share = portal.accounts >= 150 ? 1 : 0.3;
  const end = calendar.days;
  const repeat = (times: number, give: (i: number) => void): void => {
    for (let i = 0; i < Math.max(1, Math.round(times * share)); i++) if (share === 1 || random.chance(0.5)) give(i);
  };
  const give = (
    kind: string,
    suits: (account: Account) => boolean,
    days: number,
    options: Partial<HardCase> = {},
  ): Account | undefined => {
    const account = casting.take(suits);
    if (account === undefined) return undefined;
    const from = options.from ?? casting.workingDay();
    account.cases.push({ ...options, kind, from, to: from + days });
    return account;
  };
  const redrawFile = (account: Account): void => {
    account.file = account.file.map(() => drawClient(world, account, account.town));
  };

  repeat(3, () => {
    const from = casting.day(portal.warmUpDays, end - 20);
    const account = give('new', isA('optician', 'dentist', 'physician', 'pharmacist', 'nurse'), end, { from });
    if (account === undefined) return;
    account.start = from;
    account.file = account.file.slice(0, 20);
    account.createdAt = calendar.date(from);
  });
  repeat(4, () => give('locum', isA('physician', 'dentist', 'nurse', 'physiotherapist', 'pharmacist', 'optician'), 14));
  repeat(2, () => give('takeover', isA('optician', 'pharmacist', 'dentist', 'physician'), end));
  repeat(2, () => give('moved', isA('optician', 'dentist', 'physician', 'nurse'), end));
  repeat(2, () => give('tourists', isA('pharmacist', 'optician', 'physician'), 20));
  repeat(2, () => give('sale', isA('optician', 'audiologist'), 3));
  repeat(1, () => give('campaign', isA('laboratory', 'radiology'), 12));
  repeat(4, () => {
    const account = casting.take(isA('pharmacist'));
    if (account === undefined) return;
    for (let day = random.int(20); day < end; day += 28) account.cases.push({ kind: 'duty', from: day, to: day + 1 });
  });

  const newYear = firstWorkingDays(world);
  repeat(3, (i) =>
    give('recheck', isA('optician', 'dentist', 'pharmacist', 'physician'), 1, {
      from: newYear ?? casting.workingDay(),
      sort: i % 2 === 0 ? 'contract' : 'nir',
      gapMs: i % 3 === 0 ? 2e3 : 9e3,
    }),
  );
  repeat(2, () =>
    give('recheck', (a) => isSmall(a) && a.billsByApi, 1, {
      ...(newYear !== undefined && { from: newYear }),
      api: true,
      gapMs: 1500,
    }),
  );
  repeat(1, () => give('recheck', (a) => a.kind === 'software', 1, { gapMs: 1200 }));
  repeat(3, () => give('recheckSpread', isA('optician', 'dentist', 'physician', 'audiologist'), 7));
  repeat(3, () => give('unpaid', isSmall, 1));
  repeat(3, () => {
    const people = 60 + random.int(80);
    give('screening', isA('optician', 'audiologist', 'nurse', 'dentist'), 1, { people });
  });
  repeat(2, () => {
    const people = 80 + random.int(60);
    give('vaccination', isA('pharmacist', 'nurse', 'physician'), 1, { people });
  });
  repeat(2, () => give('students', isA('optician', 'physician'), 5));
  repeat(3, () => give('nursingHome', isA('optician', 'audiologist', 'dentist', 'nurse', 'physician'), 1));
  repeat(2, () => give('storm', isA('pharmacist', 'optician', 'hospital'), 1));
  repeat(1, () => {
    const account = give('skew', isA('pharmacist', 'dentist'), end, { from: 0 });
    if (account) account.clockSkewMs = random.pick([-7 * 60e3, 2 * 60e3]);
  });
  repeat(2, () => {
    const account = give('returned', isSmall, end);
    if (account) account.silent = [3, account.cases[0].from];
  });

  // From the first day on: what the account has always been like.
  const always = { from: 0 };
  repeat(2, () => {
    const account = give('backOffice', isA('optician', 'audiologist'), end, always);
    if (account === undefined) return;
    const { local, national } = world.towns;
    account.towns = Array.from({ length: 7 }, () => random.pick(random.chance(0.5) ? local : national));
    account.visits *= 4;
    redrawFile(account);
  });
  repeat(2, () => {
    const account = give('station', isA('pharmacist', 'optician'), end, always);
    if (account === undefined) return;
    account.local = 0.3;
    account.national = 0.5;
    redrawFile(account);
    account.fresh = 0.6;
  });
  repeat(2, () => {
    const account = give('garrison', isA('optician', 'pharmacist', 'dentist'), end, always);
    if (account === undefined) return;
    account.towns = [...world.towns.students, account.town, account.town];
    redrawFile(account);
  });
  if (portal.migration) giveMigration(world, portal.migration);
}

/** Its first working day after New Year's Day that is measured; undefined: the portal's days hold none. */
function firstWorkingDays({ portal, calendar }: World): number | undefined {
  for (let day = portal.warmUpDays + 2; day < calendar.days - 5; day++) {
    const date = calendar.monthAndDay(day);
    const weekday = calendar.weekday(day);
    if (date >= '01-02' && date <= '01-08' && weekday >= 2 && weekday <= 5) return day;
  }
  return undefined;
}

function giveMigration({ accounts, random }: World, [from, to]: readonly [number, number]): void {
  for (const account of accounts) {
    if (account.cases.length === 0 && isSmall(account) && random.chance(0.5)) {
      account.cases.push({ kind: 'migration', from, to });
    }
  }
}
