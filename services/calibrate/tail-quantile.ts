import { mean } from 'simple-statistics';

/**
 * A quantile far out in the upper tail of monthly maxima, and how sure it is. Where enough months lie beyond, they say it
 * themselves; otherwise the tail is continued from its upper twentieth by an exponential and by a generalised Pareto law
 * (Hosking and Wallis, Technometrics 29, 1987: probability-weighted moments), and the larger counts: too high a quantile
 * costs a little speed, too low a one disturbs honest accounts. Months of one account depend on each other, so the bounds
 * (95 %, two-sided) are a little too narrow.
 */
export interface TailQuantile {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** True where fewer than three months lie beyond: the value is a continuation, not an observation. */
  readonly extrapolated: boolean;
}

/** Fewer expected beyond: extrapolated. */
const MIN_BEYOND = 3;
/** From here on the observations alone rule. */
const MANY_BEYOND = 10;
const TAIL_SHARE = 0.05;
const MIN_TAIL = 20;
/** A heavier tail than this can't be told from few months. */
const MAX_SHAPE = 0.5;
const Z95 = 1.96;

/**
 * @param ascending monthly maxima, sorted
 * @param share of months that lie beyond, 0 to 1
 * @returns undefined where the tail has too few different values to say anything
 */
export function tailQuantile(ascending: Float64Array, share: number): TailQuantile | undefined {
  const n = ascending.length;
  const beyond = n * share;
  const tail = fitTail(ascending);
  if (beyond < MANY_BEYOND && tail === undefined) return undefined;
  const observed = exceededBy(ascending, Math.floor(beyond));
  const least = beyond < 1 ? ascending[n - 1]! : 0;
  const fitted = tail === undefined ? 0 : tail.quantile(share, 1);
  const highest = tail === undefined ? ascending[n - 1]! : Math.max(tail.quantile(share, 1 + tail.error), least);
  const [few, many] = countBounds(beyond);
  const highRank = few >= 1 ? exceededBy(ascending, few - 1) : highest;
  const lowRank = exceededBy(ascending, many);
  if (beyond >= MANY_BEYOND) return { value: observed, low: lowRank, high: highRank, extrapolated: false };
  if (beyond >= MIN_BEYOND) {
    const value = Math.max(observed, fitted);
    return { value, low: Math.min(lowRank, value), high: Math.max(highRank, highest), extrapolated: false };
  }
  const value = Math.max(fitted, least);
  return { value, low: Math.min(value, tail!.quantile(share, 1 - tail!.error)), high: highest, extrapolated: true };
}

/** The largest value that `count` others lie beyond. */
const exceededBy = (ascending: Float64Array, count: number): number => {
  const n = ascending.length;
  return ascending[Math.max(0, Math.min(n - 1, n - 1 - count))]!;
};

interface Tail {
  /** Standard error of the scale, as a share, at 95 %. */
  readonly error: number;
  quantile(share: number, scaleFactor: number): number;
}

function fitTail(ascending: Float64Array): Tail | undefined {
  const n = ascending.length;
  const size = Math.max(MIN_TAIL, Math.floor(n * TAIL_SHARE));
  if (n <= size) return undefined;
  const from = ascending[n - 1 - size]!;
  const excess = Array.from(ascending.subarray(n - size), (x) => x - from);
  const scale = mean(excess);
  if (excess.filter((y) => y > 0).length < MIN_TAIL / 2 || scale <= 0) return undefined;
  const shape = Math.min(MAX_SHAPE, Math.max(0, paretoShape(excess, scale)));
  const paretoScale = scale * (1 - shape);
  return {
    error: Z95 / Math.sqrt(size),
    quantile(share, scaleFactor) {
      const ratio = size / n / share;
      const exponential = scale * Math.log(ratio);
      const pareto = shape < 1e-6 ? 0 : (paretoScale / shape) * (ratio ** shape - 1);
      return from + scaleFactor * Math.max(exponential, pareto);
    },
  };
}

/** Shape of the generalised Pareto law by probability-weighted moments; above 0 is heavier than exponential. */
function paretoShape(excess: readonly number[], average: number): number {
  const m = excess.length;
  let weighted = 0;
  excess.forEach((y, i) => {
    weighted += ((1 - (i + 1 - 0.35) / m) * y) / m;
  });
  return 2 - average / (average - 2 * weighted);
}

/** Bounds (2.5 % and 97.5 %) of a Poisson count. */
function countBounds(expected: number): [number, number] {
  if (expected > 100) {
    const half = Z95 * Math.sqrt(expected);
    return [Math.floor(expected - half), Math.ceil(expected + half)];
  }
  let term = Math.exp(-expected);
  let sum = term;
  let few = 0;
  let k = 0;
  while (sum < 0.975) {
    if (sum < 0.025) few = k + 1;
    k++;
    term *= expected / k;
    sum += term;
  }
  return [few, k];
}
