import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { step } from '#libs/pipeline/index.ts';
import { hash32 } from './hash32.ts';
import { DAY, feed, freshState, HOUR, honestDays, MONDAY } from './traffic.ts';
import { anywhere, bornIn, natsOf, OPEN, people, START, scattered, watched, withFields } from './watched.ts';

test('people in no order make sorted_order no larger than chance allows', () => {
  // Page's sum of likelihood ratios whose mean is one at most: exceeding h within n steps has odds of n e^-h.
  const state = freshState();
  let above = 0;
  const ACCOUNTS = 300;
  const PEOPLE = 60;
  for (let a = 0; a < ACCOUNTS; a++) {
    let most = 0;
    for (let i = 0; i < PEOPLE; i++) {
      const n = a * PEOPLE + i;
      const month = (hash32(n * 3 + 1) >>> 0) % 900;
      // Two in five are born at the same maternity.
      const place = (hash32(n * 7 + 5) >>> 0) % 5 < 2 ? 69_123 : anywhere(n);
      const time = OPEN + n * 20_000;
      step(state, withFields({ time, account: 10 + a, person: 2_000_000 + n }, bornIn(month, place, (n * 13) % 900)));
      most = Math.max(most, natsOf(state, 'sorted_order', a));
    }
    if (most > 6) above++;
  }
  expect(above).toBeLessThan(0.05 * ACCOUNTS);
  expect(above).toBeGreaterThan(0);
});

describe('a national list in the order of', () => {
  // Somebody born in 1960 to 1963, all over France: one age group, or the beginning of a list; or all from one place after the other.
  const born = (i: number, month: number, department: number) => ({
    ...bornIn(month, department * 1000 + ((hash32(i * 5) >>> 0) % 600), 1 + ((hash32(i * 3) >>> 0) % 90)),
    nirYear: 40 + Math.floor(month / 12),
    birthDepartment: department,
  });
  const SIZE = 40;
  const anyDepartment = (i: number) => 1 + ((hash32(i * 11) >>> 0) % 90);
  const territoryOf = (fields: (i: number) => Partial<AccessEvent>) => {
    const state = watched();
    feed(state, people(OPEN, SIZE, scattered, fields));
    return natsOf(state, 'territory');
  };
  const group = (i: number) => 240 + ((hash32(i * 7) >>> 0) % 48);
  test('birth is no school, which comes in none', () => {
    const school = territoryOf((i) => born(i, group(i), anyDepartment(i)));
    const list = territoryOf((i) => born(i, 240 + i, anyDepartment(i)));
    expect(school).toBeLessThan(6);
    expect(list).toBeGreaterThan(school + 10);
  });
  test('an age group that goes on and on is a list, and in a few weeks a school may come again', () => {
    const state = watched();
    const visit = (from: number, count: number, first: number) => {
      feed(
        state,
        people(from, count, scattered, (i) => {
          const n = first + i;
          return { ...born(n, 240 + ((hash32(n * 7) >>> 0) % 48), anyDepartment(n)), personLo: hash32(n), personHi: n };
        }),
      );
      return natsOf(state, 'territory');
    };
    expect(visit(OPEN, 280, 0)).toBeLessThan(6);
    expect(visit(OPEN + 4 * HOUR, 80, 280)).toBeGreaterThan(12);
    expect(state.channels.ageGroupPeople[0]).toBeLessThan(320);
    feed(
      state,
      honestDays(64, 8).filter((event) => event.timeMs > START + 2 * DAY),
    );
    expect(visit(MONDAY + 64 * DAY + 9 * HOUR, 30, 500)).toBeLessThan(6);
  });
  test('place is no practice that moved, to which people come in none', () => {
    const place = (i: number) => 30 + Math.floor(i / 14);
    const month = (i: number) => (hash32(i * 7) >>> 0) % 600;
    const moved = territoryOf((i) => born(i, month(i), place((hash32(i) >>> 0) % SIZE)));
    const list = territoryOf((i) => ({
      ...born(i, month(i), place(i)),
      nirPrefix: 1_600_100_000 + place(i) * 1000 + i,
    }));
    expect(moved).toBeLessThan(12);
    expect(list).toBeGreaterThan(moved + 10);
  });
});
