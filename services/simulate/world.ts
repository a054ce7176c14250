/** Everything a running simulation shares: people, accounts, the calendar of rows to come. Made anew for each run. */
import { Random } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import { makeAccounts } from './accounts.ts';
import { dayOf } from './calendar.ts';
import type { SimulationConfig } from './config.ts';
import type { Outage } from './outages.ts';
import { drawOutages } from './outages.ts';
import { People } from './people.ts';
import type { Person } from './register.ts';
import { Register } from './register.ts';
import { RowCalendar } from './rows.ts';

/** People for whom a prise en charge was asked lately: whom managers are asked about. */
const OPEN_REQUESTS = 4096;

export interface World {
  readonly config: SimulationConfig;
  readonly startDay: number;
  /** First day that is no longer part of the run. */
  readonly endDay: number;
  readonly people: People;
  readonly accounts: readonly SimAccount[];
  readonly calendar: RowCalendar;
  readonly openRequests: OpenRequests;
  readonly outages: readonly Outage[];
  /** Reseeded by whoever uses it; never carries state from one use to the next. */
  readonly random: Random;
}

/** The last people with a prise en charge, in a ring; those of a day can be asked about from the next day on. */
export class OpenRequests {
  readonly #people = new Int32Array(OPEN_REQUESTS);
  #today: Person[] = [];
  #count = 0;

  add(person: Person): void {
    this.#today.push(person);
  }

  closeDay(): void {
    for (const person of this.#today) this.#people[this.#count++ % OPEN_REQUESTS] = person;
    this.#today = [];
  }

  draw(random: Random): Person | undefined {
    const n = Math.min(this.#count, OPEN_REQUESTS);
    return n === 0 ? undefined : this.#people[random.int(n)];
  }
}

export function makeWorld(config: SimulationConfig): World {
  const startDay = dayOf(config.start);
  const year = new Date(startDay * 86_400_000).getUTCFullYear();
  const register = new Register(year);
  return {
    config,
    startDay,
    endDay: startDay + config.days,
    people: new People(register, year),
    accounts: makeAccounts(config, register),
    calendar: new RowCalendar(startDay + config.days),
    openRequests: new OpenRequests(),
    outages: config.hardCases.has('insurer-outage') ? drawOutages(config.seed, startDay, startDay + config.days) : [],
    random: new Random(config.seed, 'world'),
  };
}
