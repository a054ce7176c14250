import { describe, expect, test } from 'vitest';
import { Random, WeightedChoice } from '#libs/base/random.ts';

const N = 40_000;
const draw = (f: () => number): number[] => Array.from({ length: N }, f);
const mean = (xs: number[]): number => xs.reduce((s, x) => s + x, 0) / xs.length;
const variance = (xs: number[]): number => {
  const m = mean(xs);
  return mean(xs.map((x) => (x - m) ** 2));
};

describe('streams', () => {
  test('the same seed and name give the same numbers, another name others', () => {
    const numbers = (...names: (string | number)[]) => {
      const r = new Random(7, ...names);
      return [r.uint32(), r.uint32(), r.uint32()];
    };
    expect(numbers('visits', 3)).toEqual(numbers('visits', 3));
    expect(numbers('visits', 3)).not.toEqual(numbers('visits', 4));
    expect(numbers('visits', 3)).not.toEqual(numbers('thieves', 3));
    const seeds = new Set(Array.from({ length: 2000 }, (_, seed) => new Random(seed).uint32()));
    expect(seeds.size).toBe(2000);
  });

  test('integer operations only: these numbers are the same on every machine', () => {
    const r = new Random(1, 'reference');
    expect([r.uint32(), r.uint32(), r.uint32()]).toMatchInlineSnapshot(`
      [
        3125282755,
        453924089,
        2750951702,
      ]
    `);
  });

  test('reseeding forgets the spare normal', () => {
    const r = new Random(1);
    r.normal();
    const again = r.reseed(2).normal();
    expect(again).toBe(new Random(2).normal());
  });
});

describe('distributions, seed 11, n = 40,000, within five standard errors', () => {
  const r = new Random(11, 'distributions');
  const cases: [name: string, draws: number[], mean: number, variance: number][] = [
    ['uniform', draw(() => r.uniform()), 0.5, 1 / 12],
    ['normal', draw(() => r.normal(3, 2)), 3, 4],
    ['exponential', draw(() => r.exponential(5)), 5, 25],
    ['gamma above 1', draw(() => r.gamma(4, 0.5)), 2, 1],
    ['gamma below 1', draw(() => r.gamma(0.5, 2)), 1, 2],
    ['beta', draw(() => r.beta(0.2, 9)), 0.2, 0.016],
    ['Poisson, small', draw(() => r.poisson(3.3)), 3.3, 3.3],
    ['Poisson, large', draw(() => r.poisson(170)), 170, 170],
    ['negative binomial', draw(() => r.negativeBinomial(12, 4)), 12, 48],
    ['integers', draw(() => r.int(6)), 2.5, 35 / 12],
  ];
  test.each(cases)('%s', (_, xs, m, v) => {
    expect(Math.abs(mean(xs) - m)).toBeLessThan(5 * Math.sqrt(v / N));
    expect(variance(xs) / v).toBeGreaterThan(0.93);
    expect(variance(xs) / v).toBeLessThan(1.07);
  });

  test('weighted choice draws by weight, never a weight of 0', () => {
    const weights = [5, 0, 1, 10, 4];
    const counts = weights.map(() => 0);
    const choice = new WeightedChoice(weights);
    for (let i = 0; i < N; i++) counts[choice.draw(r)]!++;
    for (const [i, w] of weights.entries()) expect(Math.abs(counts[i]! / N - w / 20)).toBeLessThan(0.0125);
    expect(counts[1]).toBe(0);
  });

  test('shares', () => {
    const counts = [0, 0, 0];
    for (let i = 0; i < N; i++) counts[r.share([0.2, 0.5, 0.3])]!++;
    expect(counts.map((c) => Math.round((c / N) * 20) / 20)).toEqual([0.2, 0.5, 0.3]);
  });
});
