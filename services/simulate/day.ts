/** One account's honest day: its visits, on its devices, with whatever hard cases fall on that day. */

import type { Random } from '#libs/base/random.ts';
import { mix32 } from '#libs/base/random.ts';
import { CHANNEL_API, CHANNEL_WEB } from '#libs/model/codes.ts';
import type { SimAccount } from './accounts.ts';
import { recheck, retryStorm, screeningDay } from './bursts.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import { checkInsurer } from './migrations.ts';
import { drawFromDepartment, drawKnown, drawLocal, drawNational } from './patients.ts';
import type { Person } from './register.ts';
import { deviceNumber, fixedLine, foreignNetwork, mobileNetwork } from './sources.ts';
import type { Session, VisitOptions, VisitWriter } from './visits.ts';
import { newSession } from './visits.ts';
import { activeCase, drawTimeOfDay, expectedVisits, localOffsetHours } from './volume.ts';
import type { World } from './world.ts';

/** A line whose address changes gets one of so many. */
const ADDRESSES_OF_A_LINE = 9;

/** Pushes the rows of that account's local day to the world's calendar. */
export function simulateDay(world: World, account: SimAccount, day: number, writer: VisitWriter): void {
  const { config } = world;
  if (day < account.firstDay || day >= account.leftDay) return;
  const random = writer.random.rekey(mix32(mix32(config.seed, account.key), day));
  writer.account = account;
  const midnightMs = day * DAY_MS - localOffsetHours(account, day) * HOUR_MS;
  const outage = activeCase(account, 'late-batch', day);
  writer.outageStartMs = outage === undefined ? 0 : midnightMs + (8 + (outage.key % 8)) * HOUR_MS;
  writer.outageEndMs = outage === undefined ? 0 : writer.outageStartMs + outage.strength * HOUR_MS;
  const expected = expectedVisits(account, day, random, config.seed, config.hardCases.has('epidemic'));
  const count = random.negativeBinomial(expected, account.habits.dispersion);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = midnightMs + drawTimeOfDay(account, random);
  times.sort();
  const desks = openDesks(account, day, random);
  const options = billingOptions(account, day, midnightMs, desks);
  for (let i = 0; i < count; i++) {
    const session =
      random.uniform() < account.looksUpByApi ? desks.program : desks.browsers[random.int(desks.browsers.length)]!;
    writer.visit(session, times[i]!, whoComes(world, account, day, random), options);
  }
  nightDuty(world, account, day, midnightMs, options, desks.browsers[0]!, writer);
  const sources = { desk: desks.browsers[0]!, program: desks.program };
  for (const c of account.cases) {
    if (day < c.fromDay || day >= c.toDay) continue;
    if (c.kind === 'recheck') recheck(world, account, c, midnightMs, sources, writer);
    else if (c.kind === 'screening') screeningDay(world, account, c, midnightMs, sources, options, writer);
    else if (c.kind === 'insurer-migration') checkInsurer(world, account, c, day, midnightMs, sources.desk, writer);
    else if (c.kind === 'retry-storm') retryStorm(world, account, c, midnightMs, sources, writer);
  }
}

interface Desks {
  readonly browsers: Session[];
  readonly program: Session;
}

/** The day's browsers and program, with the changes of device, owner and place that hold on that day. */
function openDesks(account: SimAccount, day: number, random: Random): Desks {
  let owner = account.key;
  let devices = account.devices;
  let networks = account.networks;
  let mobile = account.mobile;
  for (const c of account.cases) {
    if (day < c.fromDay || day >= c.toDay) continue;
    if (c.kind === 'takeover') {
      owner = mix32(account.key, c.key);
      devices = devices.map((_, n) => deviceNumber(owner, n));
      networks = [fixedLine(owner)];
    } else if (c.kind === 'moved') networks = [fixedLine(mix32(account.key, c.key))];
    else if (c.kind === 'new-device') {
      devices = devices.map((d, n) => (n === c.key % devices.length ? deviceNumber(account.key, c.key) : d));
      if (c.key % 3 === 0) networks = [fixedLine(c.key), ...networks];
    } else if (c.kind === 'portal-release') devices = devices.map((device) => mix32(device, c.key) | 0);
    else if (c.kind === 'locum' && c.key % 10 < 6) {
      devices = [deviceNumber(account.key, c.key)];
      if (c.key % 2 === 0) mobile = Math.max(mobile, 0.5);
    }
  }
  const travel = activeCase(account, 'travel', day);
  const browsers = devices.map((device) => {
    let network = networks[random.int(networks.length)]!;
    if (account.addressLifeDays > 0)
      network = fixedLine(mix32(owner, Math.floor(day / account.addressLifeDays) % ADDRESSES_OF_A_LINE));
    if (random.uniform() < mobile) network = mobileNetwork(owner, random);
    return newSession(CHANNEL_WEB, device, network);
  });
  if (travel !== undefined) {
    const kind = travel.key % 10;
    const network =
      kind === 0 ? foreignNetwork(random) : kind < 5 ? mobileNetwork(owner, random) : fixedLine(travel.key);
    const device = travel.key % 3 === 0 ? deviceNumber(account.key, travel.key) : browsers[0]!.device;
    browsers[0] = newSession(CHANNEL_WEB, device, network);
  }
  return { browsers, program: newSession(CHANNEL_API, account.program, account.programNetwork) };
}

/** Where and how often that day's look-ups are billed. */
function billingOptions(account: SimAccount, day: number, midnightMs: number, desks: Desks): VisitOptions {
  const elsewhere =
    activeCase(account, 'billing-switch', day) !== undefined || (activeCase(account, 'locum', day)?.key ?? 1) % 4 === 0;
  const takeover = activeCase(account, 'takeover', day);
  const billsByApi = takeover === undefined ? account.billsByApi : takeover.key % 2 === 0;
  return {
    followUp: elsewhere ? 0 : account.followUp,
    day,
    midnightMs,
    billing: billsByApi ? desks.program : desks.browsers[0]!,
  };
}

/** The next person at the desk: known or new, from where the account is now. */
function whoComes(world: World, account: SimAccount, day: number, random: Random): Person {
  const { people } = world;
  let novelty = account.novelty;
  for (const c of account.cases) {
    if (day < c.fromDay || day >= c.toDay) continue;
    if (c.kind === 'tourists' && random.uniform() < c.strength / (1 + c.strength)) {
      // Holidaymakers come from the country, and come back within their fortnight.
      if (random.uniform() < 0.3) return drawKnown(account, people, random);
      const tourist = drawNational(people, random);
      account.addPatient(tourist);
      return tourist;
    }
    if (c.kind === 'takeover' || c.kind === 'new-account') {
      novelty = Math.max(novelty, 0.7 * Math.exp(-(day - c.fromDay) / 40));
    } else if (c.kind === 'locum') novelty *= 1.15;
    else if (c.kind === 'moved') {
      novelty = Math.max(novelty, 0.8 * Math.exp(-(day - c.fromDay) / 40));
      if (random.uniform() < novelty) {
        const settler = drawFromDepartment(movedTo(world, account, c.key), people, random);
        account.addPatient(settler);
        return settler;
      }
    }
  }
  if (account.insurers.length > 0 && random.uniform() < 0.55) {
    const asked = askedAbout(world, account, random);
    if (asked !== undefined) return asked;
  }
  if (random.uniform() >= novelty) return drawKnown(account, people, random);
  const person = drawLocal(account, people, random);
  account.addPatient(person);
  return person;
}

/** Somebody with an open prise en charge at an insurer that the manager works for. */
function askedAbout(world: World, account: SimAccount, random: Random): Person | undefined {
  for (let attempt = 0; attempt < 40; attempt++) {
    const person = world.openRequests.draw(random);
    if (person !== undefined && account.insurers.includes(world.people.insurerOf(person))) return person;
  }
  return undefined;
}

/** A practice moves a long way: to any department, by population. */
function movedTo(world: World, account: SimAccount, key: number): number {
  const h = mix32(key, account.key);
  const homes = world.accounts.length;
  return world.accounts[h % homes]!.home;
}

/** A pharmacy on call by night, about one night in three weeks: few people, many of them strangers. */
function nightDuty(
  world: World,
  account: SimAccount,
  day: number,
  midnightMs: number,
  options: VisitOptions,
  session: Session,
  writer: VisitWriter,
): void {
  if (!world.config.hardCases.has('night-duty')) return;
  if (account.habits.profession !== 'pharmacist' || account.habits.accountClass !== 'professional') return;
  if (mix32(account.key, day) % 21 !== 0) return;
  const { random } = writer;
  const count = random.poisson(4 + account.peoplePerDay * 0.15);
  for (let i = 0; i < count; i++) {
    const at = midnightMs + (20 + 12 * random.uniform() ** 1.5) * HOUR_MS;
    const stranger = random.uniform() < 0.6;
    const person = stranger
      ? drawFromDepartment(account.home, world.people, random)
      : drawKnown(account, world.people, random);
    if (stranger) account.addPatient(person);
    writer.visit(session, at, person, options);
  }
}
