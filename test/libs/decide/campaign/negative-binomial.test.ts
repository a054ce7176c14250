import { describe, expect, test } from 'vitest';
import { surprise, surpriseOfShare } from '#libs/decide/campaign/negative-binomial.ts';

/** P(X >= count) by adding up the probabilities below, with factorials written out. */
function tailByHand(count: number, mean: number, size: number): number {
  let below = 0;
  for (let k = 0; k < count; k++) {
    let p = (size / (mean + size)) ** size * (mean / (mean + size)) ** k;
    for (let i = 0; i < k; i++) p *= (size + i) / (i + 1);
    below += p;
  }
  return 1 - below;
}

test.each([
  [5, 1, 0.7],
  [12, 4, 3],
  [3, 0.02, 0.3],
  [40, 10, 50],
])('%i where %d are expected, size %d', (count, mean, size) => {
  expect(Math.exp(-surprise(count, mean, size))).toBeCloseTo(tailByHand(count, mean, size), 4);
});

test('a steady rate is Poisson: three where 0.1 is expected is one in 6,500', () => {
  expect(Math.exp(-surprise(3, 0.1, 1e6))).toBeCloseTo(1 - Math.exp(-0.1) * (1 + 0.1 + 0.005), 6);
});

test('no more than expected is no surprise, more is more, and wild days surprise less', () => {
  expect(surprise(4, 4, 2)).toBe(0);
  expect(surprise(9, 4, 2)).toBeGreaterThan(surprise(8, 4, 2));
  expect(surprise(9, 4, 2)).toBeLessThan(surprise(9, 4, 20));
  expect(surprise(3000, 5, 10)).toBeGreaterThan(500);
});

describe('surprise of a share', () => {
  test('is the binomial tail', () => {
    // P(X >= 8 of 10, 1 in 2) = 56 / 1024; P(X >= 3 of 3, 1 in 10) = 0.001.
    expect(surpriseOfShare(8, 10, 0.5)).toBeCloseTo(-Math.log(56 / 1024), 3);
    expect(surpriseOfShare(3, 3, 0.1)).toBeCloseTo(-Math.log(0.001), 3);
  });

  test('is nothing where no more came than expected, and stays finite for a sweep', () => {
    expect(surpriseOfShare(5, 10, 0.5)).toBe(0);
    expect(surpriseOfShare(10, 10, 1)).toBe(0);
    expect(Number.isFinite(surpriseOfShare(20_000, 20_000, 0.015))).toBe(true);
  });
});
