import { BAD_OFFSET, daysFromCivil, daysInMonth, MS_PER_DAY, NO_TIME, readOffset, readTime } from '../event-time.ts';

/**
 * Times as other logs write them: RFC 3339, the common log format, seconds or milliseconds since the epoch, or a
 * pattern of the letters of Unicode TR 35 (yyyy MM MMM dd HH mm ss SSS xx XXX). A pattern without an offset needs a zone;
 * an hour that comes twice when summer time ends is read as its second.
 */

/** Turns the text of a time into milliseconds since the epoch, {@link NO_TIME} where it is none. */
export type TimeReader = (text: string) => number;

/** The common log format (Apache `%t`, nginx `$time_local`) without its brackets. */
const CLF_PATTERN = 'dd/MMM/yyyy:HH:mm:ss xx';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MS_PER_MINUTE = 60_000;

/** Regular expression of each pattern letter group; longest first, so that MMM is not read as MM. */
const LETTERS: readonly (readonly [letters: string, group: string])[] = [
  ['yyyy', '(?<year>\\d{4})'],
  ['MMM', '(?<monthName>[A-Za-z]{3})'],
  ['MM', '(?<month>\\d{2})'],
  ['dd', '(?<day>\\d{2})'],
  ['HH', '(?<hour>\\d{2})'],
  ['mm', '(?<minute>\\d{2})'],
  ['ss', '(?<second>\\d{2})'],
  ['SSS', '(?<fraction>\\d{1,9})'],
  ['XXX', '(?<offsetColon>Z|[+-]\\d{2}:\\d{2})'],
  ['xx', '(?<offset>[+-]\\d{4})'],
];

/** The reader of a format, or in words what is wrong with it. */
export function timeReader(format: string, zone: string | undefined): TimeReader | string {
  if (format === 'rfc3339') return readRfc3339;
  if (format === 'epoch_s') return (text) => readEpoch(text, 1000);
  if (format === 'epoch_ms') return (text) => readEpoch(text, 1);
  return patternReader(format === 'clf' ? CLF_PATTERN : format, zone);
}

function readRfc3339(text: string): number {
  const bytes = Buffer.from(text);
  return readTime(bytes, 0, bytes.length);
}

function readEpoch(text: string, unitMs: number): number {
  if (!/^\d{1,16}(\.\d{1,9})?$/.test(text)) return NO_TIME;
  const ms = Math.floor(Number(text) * unitMs + 1e-6);
  return ms <= MAX_TIME_MS ? ms : NO_TIME;
}

/** 9999-12-31T23:59:59.999Z, as in RFC 3339: a larger number is in another unit. */
const MAX_TIME_MS = 253_402_300_799_999;

function patternReader(format: string, zone: string | undefined): TimeReader | string {
  let source = '';
  const used = new Set<string>();
  for (let at = 0; at < format.length; ) {
    const found = LETTERS.find(([letters]) => format.startsWith(letters, at));
    if (found === undefined) {
      if (/[A-Za-z]/.test(format[at])) return `it has no time at "${format.slice(at)}"`;
      source += format[at].replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
      at++;
      continue;
    }
    const [letters, group] = found;
    if (used.has(letters)) return `it has ${letters} twice`;
    used.add(letters);
    source += group;
    at += letters.length;
  }
  if (!used.has('yyyy') || !(used.has('MM') || used.has('MMM')) || !used.has('dd')) return 'it needs yyyy, MM and dd';
  const hasOffset = used.has('xx') || used.has('XXX');
  if (!hasOffset && zone === undefined) return 'it has no offset, so it needs a zone';
  const zoneOffset = zone === undefined ? undefined : offsetReader(zone);
  if (typeof zoneOffset === 'string') return zoneOffset;
  const regex = new RegExp(`^${source}$`);
  return (text) => {
    const groups = regex.exec(text)?.groups;
    return groups === undefined ? NO_TIME : fromGroups(groups, zoneOffset);
  };
}

function fromGroups(groups: Record<string, string>, zoneOffset: ZoneOffset | undefined): number {
  const year = Number(groups.year);
  const named = groups.monthName === undefined ? -1 : MONTHS.indexOf(groups.monthName.toLowerCase());
  const month = groups.monthName === undefined ? Number(groups.month) : named + 1;
  const day = Number(groups.day);
  const hour = Number(groups.hour ?? 0);
  const minute = Number(groups.minute ?? 0);
  const second = Number(groups.second ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NO_TIME;
  if (hour > 23 || minute > 59 || second > 60) return NO_TIME;
  const ms = Number((groups.fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const wall = daysFromCivil(year, month, day) * MS_PER_DAY + (hour * 60 + minute) * MS_PER_MINUTE + second * 1000 + ms;
  const written = groups.offset ?? groups.offsetColon;
  let offset: number;
  if (written !== undefined) {
    const bytes = Buffer.from(written);
    offset = readOffset(bytes, 0, bytes.length, groups.offset === undefined);
    if (offset === BAD_OFFSET) return NO_TIME;
  } else {
    offset = zoneOffset!(wall - zoneOffset!(wall) * MS_PER_MINUTE);
  }
  const time = wall - offset * MS_PER_MINUTE;
  return time < 0 ? NO_TIME : time;
}

/** Minutes east of UTC at an instant. */
type ZoneOffset = (timeMs: number) => number;

function offsetReader(zone: string): ZoneOffset | string {
  const bytes = Buffer.from(zone);
  const fixed = zone === 'UTC' ? 0 : readOffset(bytes, 0, bytes.length);
  if (fixed !== BAD_OFFSET) return () => fixed;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return `there is no time zone ${zone}`;
  }
  // Offsets change at quarters of an hour at most; asking for one is slow, so the last answer is kept.
  const QUARTER_MS = 15 * MS_PER_MINUTE;
  let quarter = Number.NaN;
  let offset = 0;
  return (timeMs) => {
    const asked = Math.floor(timeMs / QUARTER_MS);
    if (asked !== quarter) {
      quarter = asked;
      const name = format.formatToParts(asked * QUARTER_MS).find(({ type }) => type === 'timeZoneName')!.value;
      const text = Buffer.from(name.replace('GMT', '').slice(0, 6) || 'Z');
      offset = readOffset(text, 0, text.length);
    }
    return offset;
  };
}
