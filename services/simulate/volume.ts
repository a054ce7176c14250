/** How many people come to an account on a day, and at what hours. */
import type { Random } from '#libs/base/random.ts';
import { mix32 } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import { isPublicHoliday, parisOffsetHours, seasonFactor, weekday } from './calendar.ts';
import { RESIDENCE } from './france.ts';
import type { HardCase, HardCaseInstance } from './hard-cases.ts';

/** The instance of that kind which holds on that day, if any. */
export function activeCase(account: SimAccount, kind: HardCase, day: number): HardCaseInstance | undefined {
  for (const c of account.cases) if (c.kind === kind && c.fromDay <= day && day < c.toDay) return c;
  return undefined;
}

/** Offset of the account's clock on the wall from UTC, hours. */
export const localOffsetHours = (account: SimAccount, day: number): number =>
  RESIDENCE[account.home]!.fixedOffsetHours ?? parisOffsetHours(day);

/** An ordinary weekday's share that this day has, 0 closed. */
export function openness(account: SimAccount, day: number): number {
  const { habits } = account;
  if (day < account.firstDay || day >= account.leftDay) return 0;
  for (const [from, to] of account.holidays) if (from <= day && day < to) return 0;
  const dow = weekday(day);
  if (dow === 6 || isPublicHoliday(day)) return habits.sunday;
  if (dow === account.closedWeekday) return 0;
  if (dow === 5) return habits.saturday;
  return dow === 0 ? 1.1 : dow === 4 ? 0.95 : dow === 2 ? 0.92 : 1;
}

const EPIDEMIC_PROFESSIONS = new Set(['pharmacist', 'physician', 'laboratory', 'hospital', 'nurse']);

/** Factor of an epidemic week: they sweep over a department for two or three weeks, mostly in winter. */
export function epidemicFactor(account: SimAccount, day: number, seed: number): number {
  if (!EPIDEMIC_PROFESSIONS.has(account.habits.profession)) return 1;
  const fortnight = Math.floor(day / 17);
  const h = mix32(mix32(seed, account.home), fortnight);
  const winter = Math.cos((2 * Math.PI * ((day % 365.25) - 20)) / 365.25) > 0.2;
  if (h % 100 >= (winter ? 14 : 3)) return 1;
  const phase = (day % 17) / 17;
  return 1 + (0.25 + ((h >>> 8) % 60) / 100) * Math.sin(Math.PI * phase);
}

/** Expected number of visits of the day, after the swing of that day was drawn. */
export function expectedVisits(
  account: SimAccount,
  day: number,
  random: Random,
  seed: number,
  epidemics: boolean,
): number {
  // Busy weeks follow busy weeks: a slow swing of about 15 % which forgets in ten days.
  account.swing = 0.9 * account.swing + random.normal(0, 0.065);
  const open = openness(account, day);
  if (open === 0) return 0;
  let factor = open * Math.exp(account.swing);
  if (account.habits.sunday < 0.2) factor *= seasonFactor(day);
  if (epidemics) factor *= epidemicFactor(account, day, seed);
  for (const c of account.cases) {
    if (day < c.fromDay || day >= c.toDay) continue;
    if (c.kind === 'locum' || c.kind === 'takeover' || c.kind === 'call-centre') factor *= c.strength;
    else if (c.kind === 'tourists') factor *= 1 + c.strength;
    else if (c.kind === 'growth') factor *= Math.exp(c.strength * Math.min(60, day - c.fromDay));
    else if (c.kind === 'new-account') factor *= Math.min(1, 0.15 + (day - c.fromDay) / 30);
  }
  return account.peoplePerDay * factor;
}

/** A local time of day by the profession's hours, ms since local midnight. */
export function drawTimeOfDay(account: SimAccount, random: Random): number {
  const { hours } = account.habits;
  let total = 0;
  for (let h = 0; h < 24; h++) total += hours[h]!;
  let u = random.uniform() * total;
  let hour = 0;
  for (; hour < 23; hour++) {
    u -= hours[hour]!;
    if (u < 0) break;
  }
  const shifted = (hour + random.uniform() + account.hourShift + 24) % 24;
  return shifted * 3_600_000;
}
