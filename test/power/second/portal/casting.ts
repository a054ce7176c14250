import type { Account } from './accounts.ts';
import type { Calendar } from './calendar.ts';
import type { ProfessionName } from './professions.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Which account plays which part, and on which day: none plays two. */
export class Casting {
  readonly #free: Account[];
  readonly #taken = new Set<Account>();
  readonly #random: Random;
  readonly #calendar: Calendar;
  readonly #warmUpDays: number;

  constructor({ accounts, random, calendar, portal }: World) {
    this.#free = random.shuffle([...accounts]);
    this.#random = random;
    this.#calendar = calendar;
    this.#warmUpDays = portal.warmUpDays;
  }

  /** Undefined: there is none left. */
  take(suits: (account: Account) => boolean): Account | undefined {
    const account = this.#free.find((a) => !this.#taken.has(a) && suits(a));
    if (account) this.#taken.add(account);
    return account;
  }

  takeMany(count: number, suits: (account: Account) => boolean): Account[] {
    return Array.from({ length: count }, () => this.take(suits)).filter((account) => account !== undefined);
  }

  /** A day in [from, to). */
  day(from = this.#warmUpDays + 2, to = this.#calendar.days - 10): number {
    return from + this.#random.int(Math.max(1, to - from));
  }

  /** A Tuesday to Friday that is no holiday. */
  workingDay(from?: number, to?: number): number {
    for (;;) {
      const day = this.day(from, to);
      if ([2, 3, 4, 5].includes(this.#calendar.weekday(day)) && !this.#calendar.isHoliday(day)) return day;
    }
  }
}

export const isA =
  (...professions: readonly ProfessionName[]) =>
  (account: Account): boolean =>
    professions.includes(account.profession);

/** One practitioner's practice. */
export const isSmall = isA('optician', 'dentist', 'audiologist', 'physician', 'physiotherapist');
