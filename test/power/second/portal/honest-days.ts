import type { Account } from './accounts.ts';
import { drawClient, hardCase } from './accounts.ts';
import { HOUR_MS } from './calendar.ts';
import { sourcesOfDay } from './daily-sources.ts';
import { hardDay } from './hard-days.ts';
import type { Mood } from './moods.ts';
import { moodOfDay } from './moods.ts';
import type { Person } from './person.ts';
import { drawHour, followUp, lookUp } from './visits.ts';
import type { World } from './world.ts';

/** All honest days of an account: whom it serves when, with its hard cases. */
export function liveThrough(world: World, account: Account): void {
  const recent: Person[] = [];
  let drift = 0;
  for (let day = 0; day < world.calendar.days; day++) {
    const { silent } = account;
    if (day < account.start || (silent && day >= silent[0] && day < silent[1])) continue;
    drift = 0.6 * drift + 0.25 * account.random.normal();
    const isOpen = account.habits.weekdays.includes(world.calendar.weekday(day)) && !world.calendar.isHoliday(day);
    const sources = sourcesOfDay(account, day);
    const mood = moodOfDay(world, account, day, Math.exp(drift), sources);
    for (const atMs of visitTimes(world, account, day, isOpen ? mood.load : 0)) {
      serve(world, account, day, atMs, mood, recent);
    }
    hardDay(world, account, day, isOpen, sources[0]);
  }
}

/** @param load people in place of one */
function visitTimes({ calendar }: World, account: Account, day: number, load: number): number[] {
  const { random } = account;
  const count = load > 0 ? random.poisson(account.visits * load) : 0;
  const times = Array.from({ length: count }, () => calendar.at(day, drawHour(account, random)));
  if (hardCase(account, 'duty', day)) {
    // A night on duty, until eight: after the 35th person each may be the last.
    for (let k = 0; k < 35 + random.int(30); k++) times.push(calendar.at(day, 20 + random.unit() * 12));
  }
  return times.sort((a, b) => a - b);
}

function serve(world: World, account: Account, day: number, atMs: number, mood: Mood, recent: Person[]): void {
  const { random } = account;
  const { calendar, log } = world;
  const isNight = hardCase(account, 'duty', day) !== undefined && atMs > calendar.at(day, 20);
  const person = whoComes(world, account, isNight, mood, recent);
  const source = random.pick(mood.sources);
  const answer = lookUp(world, { account, day, atMs, person, source });
  recent.push(person);
  if (recent.length > (account.habits.delay === 'week' ? 40 : 120)) recent.shift();
  if (!answer.found) return;
  const visit = { account, day, atMs: answer.atMs, person, source };
  if (mood.billed === 1 || random.chance(mood.billed)) followUp(world, visit);
  const readAgain = (at: number): void =>
    log.write({ account, atMs: at, action: 'rights.read', outcome: 'found', person, source });
  // Glasses are handed over a week or two later.
  if (account.profession === 'optician' && random.chance(0.4)) {
    readAgain(calendar.at(day + 7 + random.int(7), 11 + random.unit() * 6));
  }
  if (random.chance(0.06)) readAgain(answer.atMs + random.exponential(2 * HOUR_MS));
}

function whoComes(world: World, account: Account, isNight: boolean, mood: Mood, recent: readonly Person[]): Person {
  const { random } = account;
  const { towns } = world;
  if (mood.strangers > 0 && random.chance(mood.strangers)) return towns.anybody(random);
  if (random.chance(isNight ? 0.7 : mood.fresh)) {
    return isNight ? towns.near(account.town, random) : drawClient(world, account, mood.town);
  }
  return random.pick(recent.length > 5 && random.chance(0.5) ? recent : account.file);
}
