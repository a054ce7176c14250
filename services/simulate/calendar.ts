/** Days, clocks and holidays in France. Days are numbers since 1970-01-01, hours are local, times are ms UTC. */
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export const dayOf = (isoDate: string): number => Math.floor(Date.parse(`${isoDate}T00:00:00Z`) / DAY_MS);
export const isoDate = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** 0 Monday … 6 Sunday. */
export const weekday = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** Last Sunday of a month, as a day. `month` 0-11. */
function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month + 1, 0) / DAY_MS;
  return last - ((weekday(last) + 1) % 7);
}

/** Offset of Paris from UTC at noon of that day, hours: 2 from the last Sunday of March to the one of October, else 1. */
export function parisOffsetHours(day: number): number {
  const year = new Date(day * DAY_MS).getUTCFullYear();
  return day >= lastSunday(year, 2) && day < lastSunday(year, 9) ? 2 : 1;
}

/** Easter Sunday (Gregorian, Meeus/Jones/Butcher), as a day. */
export function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const l = (32 + 2 * (b % 4) + 2 * i - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1) / DAY_MS;
}

const FIXED_HOLIDAYS = [101, 501, 508, 714, 815, 1101, 1111, 1225];

/** The eleven public holidays of metropolitan France. */
export function isPublicHoliday(day: number): boolean {
  const date = new Date(day * DAY_MS);
  const monthDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  if (FIXED_HOLIDAYS.includes(monthDay)) return true;
  const sinceEaster = day - easter(date.getUTCFullYear());
  return sinceEaster === 1 || sinceEaster === 39 || sinceEaster === 50;
}

/** How busy health care is at that time of the year, 1 on average working days. */
export function seasonFactor(day: number): number {
  const date = new Date(day * DAY_MS);
  const month = date.getUTCMonth() + 1;
  const of = date.getUTCDate();
  if (month === 8) return of < 22 ? 0.62 : 0.78;
  if (month === 7) return of < 14 ? 0.95 : 0.8;
  if ((month === 12 && of > 23) || (month === 1 && of < 3)) return 0.65;
  if (month === 12 || month === 1) return 1.1;
  if (month === 2 || month === 3) return 1.03;
  return 1;
}

/** Weeks in which holidaymakers fill the resorts. */
export function isResortSeason(day: number, kind: 'summer' | 'winter'): boolean {
  const date = new Date(day * DAY_MS);
  const month = date.getUTCMonth() + 1;
  const of = date.getUTCDate();
  if (kind === 'summer') return month === 8 || (month === 7 && of > 5);
  return month === 2 || (month === 3 && of < 8) || (month === 12 && of > 19) || (month === 1 && of < 4);
}
