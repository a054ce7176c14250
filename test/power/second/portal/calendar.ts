/** Days and hours of the place where the portal's accounts are, as instants. */

export const HOUR_MS = 3600e3;
export const DAY_MS = 24 * HOUR_MS;

/** Public holidays of the simulated years, month and day. */
const HOLIDAYS = new Set(
  ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'].concat(['04-06', '05-14', '05-25']),
);

/** Europe's summer time: from the last Sunday of March to that of October, at 01:00 UTC. */
function isSummer(utcMs: number): boolean {
  const year = new Date(utcMs).getUTCFullYear();
  const lastSunday = (month: number): number => {
    const last = new Date(Date.UTC(year, month + 1, 0));
    return Date.UTC(year, month, last.getUTCDate() - last.getUTCDay(), 1);
  };
  return utcMs >= lastSunday(2) && utcMs < lastSunday(9);
}

export class Calendar {
  readonly days: number;
  readonly #firstMs: number;
  readonly #fixedZone: number | undefined;

  /** @param start first day, as in 2026-03-02; @param zone hours ahead of UTC; undefined: mainland France */
  constructor(start: string, days: number, zone: number | undefined) {
    this.#firstMs = Date.parse(`${start}T00:00:00Z`);
    this.days = days;
    this.#fixedZone = zone;
  }

  get fromMs(): number {
    return this.#firstMs;
  }

  /** End of the last day. */
  get toMs(): number {
    return this.#midnight(this.days);
  }

  #zone(utcMs: number): number {
    return (this.#fixedZone ?? (isSummer(utcMs) ? 2 : 1)) * HOUR_MS;
  }

  #midnight(day: number): number {
    return this.#firstMs + day * DAY_MS - this.#zone(this.#firstMs + day * DAY_MS);
  }

  /** An hour of a day by the clock on the wall; hours of 24 and more are those of the next day. */
  at(day: number, hour: number): number {
    const midnight = this.#midnight(day);
    const utcMs = midnight + hour * HOUR_MS;
    return utcMs + (this.#zone(midnight) - this.#zone(utcMs));
  }

  /** 0: Sunday. */
  weekday(day: number): number {
    return new Date(this.#firstMs + day * DAY_MS).getUTCDay();
  }

  /** As in 2026-03-02. */
  date(day: number): string {
    return new Date(this.#firstMs + day * DAY_MS).toISOString().slice(0, 10);
  }

  /** As in 03-02. */
  monthAndDay(day: number): string {
    return this.date(day).slice(5);
  }

  isHoliday(day: number): boolean {
    return HOLIDAYS.has(this.monthAndDay(day));
  }
}
