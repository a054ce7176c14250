/**
 * Times of events, read by hand from bytes: RFC 3339 with any fraction and offset, and plain dates. Days are counted
 * with the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
 */

/** What {@link readTime} returns where the bytes are no time of 1970 or later. */
export const NO_TIME = -1;
/** What {@link readDay} returns where the bytes are no date. */
export const NO_DAY = -0x80000000;

const ZERO = 48;
const POINT = 46;
const COLON = 58;
const SPACE = 32;
const MS_PER_MINUTE = 60_000;
export const MS_PER_DAY = 86_400_000;

/** Days from 1970-01-01 to a date that is known to exist. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export const daysInMonth = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : DAYS_IN_MONTH[month - 1];

/** `count` decimal digits at `at` as a number, or -1. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let n = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i] - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    n = n * 10 + digit;
  }
  return n;
}

// RFC 3339, 5.6: `T`, `t`, and a space "for the sake of readability".
const isDateEnd = (byte: number): boolean => byte === 84 || byte === 116 || byte === SPACE;

// The same day comes again and again: its number is remembered by its digits.
let cachedDate = -1;
let cachedDay = 0;

/**
 * Days since the epoch (negative before 1970) of the date `YYYY-MM-DD` that `bytes[start, end)` begins with;
 * {@link NO_DAY} where there is no such date. What follows it, if anything, must be the time of that day.
 */
export function readDay(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return NO_DAY;
  if (end - start > 10 && !isDateEnd(bytes[start + 10])) return NO_DAY;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1) return NO_DAY;
  const date = year * 10_000 + month * 100 + day;
  if (date === cachedDate) return cachedDay;
  if (day > daysInMonth(year, month)) return NO_DAY;
  cachedDate = date;
  cachedDay = daysFromCivil(year, month, day);
  return cachedDay;
}

/**
 * Milliseconds since the epoch of the RFC 3339 date-time in `bytes[start, end)`; {@link NO_TIME} where it is none or
 * before 1970. Fractions are cut to the millisecond. Second 60 is taken only where a leap second can be (23:59:60
 * UTC) and counts as the next second, as POSIX time has it.
 */
export function readTime(bytes: Uint8Array, start: number, end: number): number {
  const day = readDay(bytes, start, end);
  if (day === NO_DAY || end - start < 20) return NO_TIME;
  if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return NO_TIME;
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return NO_TIME;

  let at = start + 19;
  let ms = 0;
  if (bytes[at] === POINT) {
    at++;
    const first = at;
    let weight = 100;
    for (; at < end && bytes[at] >= ZERO && bytes[at] <= ZERO + 9; at++) {
      if (weight >= 1) ms += (bytes[at] - ZERO) * weight;
      weight /= 10;
    }
    if (at === first) return NO_TIME;
  }

  const offset = readOffset(bytes, at, end);
  if (offset === BAD_OFFSET) return NO_TIME;
  const minuteUtc = hour * 60 + minute - offset;
  if (second === 60 && (minuteUtc + 1440) % 1440 !== 1439) return NO_TIME;
  const time = day * MS_PER_DAY + minuteUtc * MS_PER_MINUTE + second * 1000 + ms;
  return time < 0 ? NO_TIME : time;
}

/** What {@link readOffset} returns where the bytes are no offset. */
export const BAD_OFFSET = 0x7fffffff;

/** Minutes east of UTC of `Z` or `+01:00` (`+0100` without `colon`) in `bytes[at, end)`, which must be nothing else. */
export function readOffset(bytes: Uint8Array, at: number, end: number, colon = true): number {
  const sign = bytes[at];
  if (end - at === 1 && (sign === 90 || sign === 122)) return 0;
  if ((sign !== 43 && sign !== 45) || end - at !== (colon ? 6 : 5)) return BAD_OFFSET;
  if (colon && bytes[at + 3] !== COLON) return BAD_OFFSET;
  const hours = digits(bytes, at + 1, 2);
  const minutes = digits(bytes, at + (colon ? 4 : 3), 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return BAD_OFFSET;
  const offset = hours * 60 + minutes;
  return sign === 45 ? -offset : offset;
}
