/** Draws that are the same for the same seed, on any machine: sfc32. */
export interface Random {
  /** In [0, 1). */
  unit(): number;
  /** One of 0 … count - 1. */
  int(count: number): number;
  pick<T>(values: readonly T[]): T;
  chance(probability: number): boolean;
  /** Of mean 0 and spread 1. */
  normal(): number;
  exponential(mean: number): number;
  lognormal(median: number, spread: number): number;
  poisson(mean: number): number;
  between(low: number, high: number): number;
  /** In place. */
  shuffle<T>(values: T[]): T[];
}

/** One seed from several things that tell draws apart. */
export function seedOf(...parts: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const part of parts) {
    const text = String(part);
    for (let i = 0; i < text.length; i++) {
      hash ^= text.charCodeAt(i);
      hash = Math.imul(hash, 16777619);
    }
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash ^= hash >>> 12;
  }
  return hash | 0;
}

export function randomOf(seed: number): Random {
  const unit = sfc32(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(6.283185307 * unit());
  const int = (count: number): number => Math.floor(unit() * count);
  return {
    unit,
    int,
    normal,
    pick: (values) => values[int(values.length)],
    chance: (probability) => unit() < probability,
    exponential: (mean) => -Math.log(1 - unit()) * mean,
    lognormal: (median, spread) => median * Math.exp(spread * normal()),
    poisson: (mean) => {
      if (mean <= 0) return 0;
      if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const end = Math.exp(-mean);
      let count = 0;
      for (let product = unit(); product >= end; product *= unit()) count++;
      return count;
    },
    between: (low, high) => low + unit() * (high - low),
    shuffle: (values) => {
      for (let i = values.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [values[i], values[j]] = [values[j], values[i]];
      }
      return values;
    },
  };
}

function sfc32(seed: number): () => number {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** Draws one of the keys in proportion to its weight. */
export function weighted<T>(pairs: Iterable<readonly [T, number]>): (random: Random) => T {
  const keys: T[] = [];
  const sums: number[] = [];
  let sum = 0;
  for (const [key, weight] of pairs) {
    sum += weight;
    keys.push(key);
    sums.push(sum);
  }
  return (random) => {
    const x = random.unit() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > x) high = middle;
      else low = middle + 1;
    }
    return keys[low];
  };
}
