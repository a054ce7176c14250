import { expect, test } from 'vitest';
import { dayOf, easter, isoDate, isPublicHoliday, parisOffsetHours, weekday } from '#services/simulate/calendar.ts';

test('Easter, and what hangs on it', () => {
  expect([2024, 2025, 2026, 2027, 2038].map((year) => isoDate(easter(year)))).toEqual([
    '2024-03-31',
    '2025-04-20',
    '2026-04-05',
    '2027-03-28',
    '2038-04-25',
  ]);
  for (const date of ['2026-04-06', '2026-05-14', '2026-05-25', '2026-07-14', '2026-12-25']) {
    expect(isPublicHoliday(dayOf(date)), date).toBe(true);
  }
  for (const date of ['2026-04-05', '2026-05-15', '2026-07-15', '2026-01-02']) {
    expect(isPublicHoliday(dayOf(date)), date).toBe(false);
  }
});

test('weekdays', () => {
  expect(weekday(dayOf('2026-01-05'))).toBe(0);
  expect(weekday(dayOf('2026-01-04'))).toBe(6);
  expect(weekday(dayOf('1970-01-01'))).toBe(3);
});

test('the clock in Paris, as the time zone data base has it', () => {
  const paris = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hour: 'numeric', hourCycle: 'h23' });
  for (let day = dayOf('2024-01-01'); day < dayOf('2028-01-01'); day++) {
    const local = Number(paris.format(new Date(day * 86_400_000 + 12 * 3_600_000)));
    expect(12 + parisOffsetHours(day), isoDate(day)).toBe(local);
  }
});
