import type { Request } from './access-log.ts';
import type { Account } from './accounts.ts';
import { HOUR_MS } from './calendar.ts';
import type { Person } from './person.ts';
import type { ProfessionName } from './professions.ts';
import type { Random } from './random.ts';
import type { Source } from './sources.ts';
import type { World } from './world.ts';

/** One person served: looked up, perhaps mistyped first, and billed when this kind of practice bills. */

const NO_LUNCH: readonly ProfessionName[] = ['pharmacist', 'hospital', 'payer', 'software'];

/** Hour of the day at which somebody comes. */
export function drawHour({ habits, profession }: Account, random: Random): number {
  const [open, close] = habits.open;
  if (profession === 'laboratory') return Math.min(close, open + random.exponential(2.2));
  for (;;) {
    const hour = open + random.unit() * (close - open);
    if (!NO_LUNCH.includes(profession) && hour > 12.3 && hour < 13.8 && random.chance(0.85)) continue;
    const busy = 0.35 + 0.65 * Math.exp(-((hour - 10.7) ** 2) / 5) + 0.5 * Math.exp(-((hour - 16.8) ** 2) / 5);
    if (random.chance(busy)) return hour;
  }
}

/** Somebody before the account, at a time and from a machine. */
export interface Visit {
  readonly account: Account;
  readonly day: number;
  readonly atMs: number;
  readonly person: Person;
  readonly source: Source;
}

export interface LookUpOptions {
  readonly action?: Request['action'];
  readonly typos?: number;
  readonly api?: boolean | undefined;
}

function mistyped(person: Person, random: Random): Person {
  const at = 5 + random.int(8);
  return { ...person, nir: person.nir.slice(0, at) + random.int(10) + person.nir.slice(at + 1) };
}

/** What the portal said. */
export interface Answer {
  /** When the right number was entered. */
  readonly atMs: number;
  /** False: the rights have ended. */
  readonly found: boolean;
}

/** Looks the visitor up. */
export function lookUp({ log }: World, visit: Visit, options: LookUpOptions = {}): Answer {
  const { account, person, source } = visit;
  const { random } = account;
  const { api } = options;
  const action = options.action ?? (account.searches && random.chance(0.5) ? 'beneficiary.search' : 'rights.read');
  let atMs = visit.atMs;
  if (random.chance(options.typos ?? account.typos)) {
    const miss = (at: number): void =>
      log.write({ account, atMs: at, action, outcome: 'not_found', person: mistyped(person, random), source, api });
    miss(atMs);
    if (random.chance(0.2)) miss(atMs + 7e3);
    atMs += 9e3 + random.exponential(12e3);
  }
  const outcome = person.closed && random.chance(0.6) ? 'denied' : 'found';
  log.write({ account, atMs, action, outcome, person, source, api });
  if (account.searches && action === 'beneficiary.search' && random.chance(0.7)) {
    const readMs = atMs + 4e3 + random.exponential(9e3);
    log.write({ account, atMs: readMs, action: 'rights.read', outcome, person, source, api });
  }
  return { atMs, found: outcome === 'found' };
}

const WITH_AGREEMENT: readonly ProfessionName[] = ['optician', 'dentist', 'audiologist', 'hospital'];

/** Bills the visitor later, or not. @param always whatever the account's habit is */
export function followUp(world: World, { account, day, atMs, person, source }: Visit, always = false): void {
  const { random } = account;
  if (!always && (account.followUp === 0 || !random.chance(account.followUp))) return;
  let billMs = billingTime(world, account, day, atMs);
  const { billingOutage } = world.portal;
  if (billingOutage && account.number % 2 === 0) {
    const [from, to] = billingOutage;
    if (billMs >= world.calendar.at(from, 0) && billMs < world.calendar.at(to, 0)) {
      billMs = world.calendar.at(to, 8 + random.exponential(3));
    }
  }
  const action = WITH_AGREEMENT.includes(account.profession) && random.chance(0.6) ? 'pec.request' : 'claim.submit';
  const by: Source = account.billsByApi ? { ...source, device: undefined, userAgent: 'LogicielPS/7.2' } : source;
  const api = account.billsByApi;
  world.log.write({ account, atMs: billMs, action, outcome: 'success', person, source: by, api });
}

function billingTime({ calendar }: World, account: Account, day: number, atMs: number): number {
  const { random, habits } = account;
  switch (habits.delay) {
    case 'now':
      return atMs + 20e3 + random.exponential(150e3);
    case 'evening':
      return Math.max(atMs + 60e3, calendar.at(day, 18.5 + random.unit() * 3));
    case 'nextWorkingDay':
      return calendar.at(day + (calendar.weekday(day) === 6 ? 2 : 1), 7.5 + random.exponential(1));
    case 'week': {
      account.billingDay ??= random.int(7);
      const days = (account.billingDay - calendar.weekday(day) + 7) % 7 || 7;
      return calendar.at(day + days, 18 + random.unit() * 3);
    }
    case 'days':
      return calendar.at(day + Math.ceil(random.exponential(4)), 9 + random.unit() * 8);
    case 'mixed': {
      const x = random.unit();
      if (x < 0.5) return atMs + 60e3 + random.exponential(400e3);
      if (x < 0.75) return atMs + random.exponential(5 * HOUR_MS);
      return calendar.at(day + 1 + Math.floor(random.exponential(3)), 9.5 + random.unit() * 8);
    }
  }
}
