import { expect, test } from 'vitest';
import { Random } from '#libs/base/random.ts';
import { tailQuantile } from '#services/calibrate/tail-quantile.ts';

const sample = (seed: number, n: number, draw: (u: number) => number): Float64Array => {
  const random = new Random(seed, 'tail');
  return Float64Array.from({ length: n }, () => draw(1 - random.uniform())).sort();
};
const exponential = (u: number) => -2 * Math.log(u);
/** Heavier: generalised Pareto, shape 0.3. */
const pareto = (u: number) => (u ** -0.3 - 1) / 0.3;

test('many months: the quantile is the one observed, and its bounds hold', () => {
  let held = 0;
  for (let seed = 0; seed < 100; seed++) {
    const q = tailQuantile(sample(seed, 5000, exponential), 0.01)!;
    expect(q.extrapolated).toBe(false);
    expect(q.low).toBeLessThanOrEqual(q.value);
    expect(q.high).toBeGreaterThanOrEqual(q.value);
    if (q.low <= exponential(0.01) && q.high >= exponential(0.01)) held++;
  }
  expect(held).toBeGreaterThanOrEqual(90);
});

test.each([
  ['exponential', exponential, 85],
  ['heavier', pareto, 60],
])('few months, %s tail: continued, marked, seldom too low', (_, draw, leastHeld) => {
  const truth = draw(0.001);
  const values: number[] = [];
  let held = 0;
  for (let seed = 0; seed < 100; seed++) {
    const q = tailQuantile(sample(seed, 600, draw), 0.001)!;
    expect(q.extrapolated).toBe(true);
    values.push(q.value / truth);
    if (q.high >= truth) held++;
  }
  values.sort((a, b) => a - b);
  // On the safe side in the middle, and the bound covers most of the rest.
  expect(values[50]).toBeGreaterThan(0.85);
  expect(values[50]).toBeLessThan(1.6);
  expect(held).toBeGreaterThanOrEqual(leastHeld);
});

test('rarer than one month in all: never below what was seen', () => {
  for (let seed = 0; seed < 50; seed++) {
    const values = sample(seed, 200, pareto);
    expect(tailQuantile(values, 0.0005)!.value).toBeGreaterThanOrEqual(values.at(-1)!);
  }
});

test('too few different values say nothing', () => {
  expect(tailQuantile(new Float64Array(1000), 0.001)).toBeUndefined();
  expect(tailQuantile(sample(1, 15, exponential), 0.01)).toBeUndefined();
});
