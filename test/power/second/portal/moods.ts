import type { Account } from './accounts.ts';
import { hardCase } from './accounts.ts';
import type { Town } from './person.ts';
import type { ProfessionName } from './professions.ts';
import type { Source } from './sources.ts';
import { addressIn, HOME_NETWORKS, newMachine, sessionOf, userAgentOf } from './sources.ts';
import type { World } from './world.ts';

/** What a day is like for an account: season, epidemic, and those of its hard cases that change all of a day's visits. */
export interface Mood {
  /** People in place of one. */
  load: number;
  /** Share of people new to it. */
  fresh: number;
  /** Where its new people live. */
  town: Town;
  /** Share of people who come from anywhere. */
  strangers: number;
  /** Of the bills that it would send. */
  billed: number;
  sources: readonly Source[];
}

const NEVER_ON_HOLIDAY: readonly ProfessionName[] = ['pharmacist', 'software', 'payer', 'nurse'];
const BUSY_IN_EPIDEMIC: readonly ProfessionName[] = ['pharmacist', 'physician', 'laboratory', 'nurse'];
const BUSY_IN_AUGUST: readonly ProfessionName[] = ['pharmacist', 'hospital', 'laboratory', 'nurse'];

export function moodOfDay(world: World, account: Account, day: number, load: number, sources: Source[]): Mood {
  const mood: Mood = { load, fresh: account.fresh, town: account.town, strangers: 0, billed: 1, sources };
  applySeason(world, account, day, mood);
  for (const change of CHANGES) change(world, account, day, mood);
  return mood;
}

function applySeason({ portal, calendar }: World, account: Account, day: number, mood: Mood): void {
  const { random, profession, habits } = account;
  const date = calendar.monthAndDay(day);
  if (portal.summer && date > '08-01' && date < '08-25') mood.load *= BUSY_IN_AUGUST.includes(profession) ? 0.8 : 0.6;
  if (date >= '12-24' && date <= '12-31') mood.load *= 0.6;
  account.holiday ??= random.chance(0.55) ? 20 + random.int(calendar.days - 25) : -99;
  const isAway = day >= account.holiday && day < account.holiday + 7;
  if (isAway && habits.machines === undefined && !NEVER_ON_HOLIDAY.includes(profession)) mood.load = 0;
  const { epidemic } = portal;
  if (epidemic && day >= epidemic[0] && day < epidemic[1] && BUSY_IN_EPIDEMIC.includes(profession)) {
    mood.load *= 2;
    mood.fresh = Math.min(0.9, mood.fresh * 1.4);
  }
}

type Change = (world: World, account: Account, day: number, mood: Mood) => void;

const CHANGES: readonly Change[] = [
  // A practice that has just opened grows.
  (_, account, day, mood) => {
    if (!account.cases.some((c) => c.kind === 'new')) return;
    mood.load *= Math.min(1, 0.25 + (day - account.start) / 40);
    mood.fresh = 0.85;
  },
  // Somebody stands in, with a machine and a network of their own.
  (_, account, day, mood) => {
    const c = hardCase(account, 'locum', day);
    if (c === undefined) return;
    mood.load *= 1.4;
    mood.fresh = Math.min(0.9, mood.fresh + 0.15);
    c.machine ??= newMachine(account.random, `${account.id}loc`);
    c.address ??= addressIn(account.random.pick(HOME_NETWORKS), account.random);
    const session = sessionOf(`${account.id}${day}l`);
    const userAgent = userAgentOf(c.machine, day);
    mood.sources = [{ session, ip: c.address, asn: 12322, device: c.machine.id, userAgent }];
  },
  // It takes over the people of a practice that has closed.
  (world, account, day, mood) => {
    const c = hardCase(account, 'takeover', day);
    if (c === undefined) return;
    c.town ??= account.random.pick(world.towns.local);
    mood.town = c.town;
    mood.fresh = day < c.from + 20 ? 0.8 : 0.4;
    mood.load *= 1.5;
    if (day === c.from) account.machines = [newMachine(account.random, `${account.id}t`)];
  },
  // It moves to another department.
  ({ towns }, account, day, mood) => {
    const c = hardCase(account, 'moved', day);
    if (c === undefined) return;
    const others = towns.local.filter((town) => town.department !== account.town.department);
    c.town ??= account.random.pick(others.concat(towns.local[0]));
    mood.town = c.town;
    mood.fresh = 0.8;
    if (day === c.from) account.address = addressIn(account.random.pick(HOME_NETWORKS), account.random);
  },
  (_, account, day, mood) => {
    if (!hardCase(account, 'tourists', day)) return;
    mood.strangers = 0.55;
    mood.load *= 1.8;
    mood.fresh = Math.max(mood.fresh, 0.65);
  },
  // A sale in the shop.
  (_, account, day, mood) => {
    if (!hardCase(account, 'sale', day)) return;
    mood.load *= 4;
    mood.fresh = 0.85;
    mood.billed = 0.5;
  },
  // A campaign of screening that sends people to laboratories.
  (_, account, day, mood) => {
    if (!hardCase(account, 'campaign', day)) return;
    mood.load *= 2.5;
    mood.fresh = 0.85;
  },
];
