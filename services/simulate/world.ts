/** Everything a running simulation shares: people, accounts, the calendar of rows to come. Made anew for each run. */
import { Random } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import { makeAccounts } from './accounts.ts';
import { dayOf } from './calendar.ts';
import type { SimulationConfig } from './config.ts';
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
  /** Reseeded by whoever uses it; never carries state from one use to the next. */
  readonly random: Random;
}

/** The last people with a prise en charge, in a ring. */
export class OpenRequests {
  readonly #people = new Int32Array(OPEN_REQUESTS);
  #count = 0;

  add(person: Person): void {
    this.#people[this.#count++ % OPEN_REQUESTS] = person;
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
    random: new Random(config.seed, 'world'),
  };
}
