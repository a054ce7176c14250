import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_DAY, NO_TIME, readDay, readTime } from '#libs/intake/event-time.ts';

const time = (text: string): number => {
  const bytes = Buffer.from(`0${text}0`);
  return readTime(bytes, 1, bytes.length - 1);
};
const day = (text: string): number => {
  const bytes = Buffer.from(text);
  return readDay(bytes, 0, bytes.length);
};

describe('event time', () => {
  it('agrees with Date on any instant of 1970 to 9999, written in any offset', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 253_402_300_799_999 - 86_400_000 }),
        fc.integer({ min: -1439, max: 1439 }),
        (ms, offset) => {
          fc.pre(ms + offset * 60_000 >= 0);
          expect(time(new Date(ms).toISOString())).toBe(ms);
          const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
          const two = (n: number) => String(n).padStart(2, '0');
          const size = Math.abs(offset);
          const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
          expect(time(local + zone)).toBe(ms);
        },
      ),
    );
  });

  it.each([
    ['2026-03-02T08:12:33Z', '2026-03-02T08:12:33.000Z'],
    ['2026-03-02t08:12:33z', '2026-03-02T08:12:33.000Z'],
    ['2026-03-02 08:12:33Z', '2026-03-02T08:12:33.000Z'],
    ['2026-03-02T08:12:33.1Z', '2026-03-02T08:12:33.100Z'],
    ['2026-03-02T08:12:33.123999999Z', '2026-03-02T08:12:33.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T00:59:60.5+01:00', '2017-01-01T00:00:00.500Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(new Date(time(text)).toISOString()).toBe(expected);
  });

  it.each([
    '',
    '2026-03-02',
    '2026-03-02T08:12:33',
    '2026-03-02T08:12Z',
    '2026-13-02T08:12:33Z',
    '2026-00-02T08:12:33Z',
    '2025-02-29T08:12:33Z',
    '1900-02-29T08:12:33Z',
    '2026-03-02T24:00:00Z',
    '2026-03-02T08:60:00Z',
    '2026-03-02T08:12:60Z',
    '2026-03-02T08:12:61Z',
    '2026-03-02T08:12:33.Z',
    '2026-03-02T08:12:33+0100',
    '2026-03-02T08:12:33+24:00',
    '2026-03-02T08:12:33Zx',
    '2026-03-02T08:12:33 Z',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00+01:00',
    '20260302T081233Z',
    '2026-3-2T08:12:33Z',
    ' 2026-03-02T08:12:33Z',
  ])('refuses %j', (text) => {
    expect(time(text)).toBe(NO_TIME);
  });

  it('reads dates, alone or in front of a time, before the epoch too', () => {
    expect(day('1970-01-01')).toBe(0);
    expect(day('2024-02-29T10:00:00Z')).toBe(Date.UTC(2024, 1, 29) / 86_400_000);
    expect(day('1969-12-31')).toBe(-1);
    expect([day('2023-02-29'), day('2024-01-01x'), day('2024-1-1'), day('')]).toEqual([NO_DAY, NO_DAY, NO_DAY, NO_DAY]);
  });
});
