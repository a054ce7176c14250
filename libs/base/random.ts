/**
 * Seeded random numbers for whatever has to be repeatable: simulated traffic, property tests, fault plans.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, as in PractRand): 32-bit integer
 * operations only, so the raw numbers are the same on any machine. Distributions that go through Math.log, Math.exp or
 * Math.pow may differ in the last bit between engine versions; a run is repeatable on the same Node version.
 *
 * Streams are split by name: `new Random(seed, 'visits', account, day)` owes nothing to any other stream, so that adding
 * a consumer somewhere (an attack, say) leaves everybody else's numbers as they were.
 */

/** Mixes two 32-bit numbers into one, murmur3 style. Good enough to key streams and tables; not a secret hash. */
export function mix32(a: number, b: number): number {
  let h = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ 0x9e3779b9, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ b, 0x27d4eb2f);
  return (h ^ (h >>> 15)) >>> 0;
}

/** FNV-1a of a string's UTF-16 units, finished by {@link mix32}. */
export function hashString(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h, text.length);
}

export type StreamName = string | number;

export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;
  /** Second half of the last normal pair; NaN where there is none. */
  #spareNormal = Number.NaN;

  constructor(seed: number, ...names: StreamName[]) {
    this.reseed(seed, ...names);
  }

  /** Starts the stream of that seed and name again in the same object; the hot path allocates nothing. */
  reseed(seed: number, ...names: StreamName[]): this {
    let h = mix32(seed >>> 0, Math.floor(seed / 0x1_0000_0000) | 0);
    let g = mix32(h, 0x51ed270b);
    for (const name of names) {
      const n = typeof name === 'string' ? hashString(name) : mix32(name | 0, Math.floor(name / 0x1_0000_0000) | 0);
      h = mix32(h, n);
      g = mix32(g ^ n, h);
    }
    return this.#start(h, g);
  }

  /** The cheap form of {@link reseed} for inner loops: the stream of one 32-bit key. */
  rekey(key: number): this {
    return this.#start(key >>> 0, mix32(key, 0x2545f491));
  }

  #start(a: number, b: number): this {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = (a ^ (b >>> 7)) | 0;
    this.#counter = 1;
    this.#spareNormal = Number.NaN;
    for (let i = 0; i < 8; i++) this.uint32();
    return this;
  }

  /** 0 .. 2^32 - 1. */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1), 32 bits fine. */
  uniform(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Uniform integer in [0, n), n at most 2^32. */
  int(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Index drawn by shares that sum to 1; what is missing to 1 falls to the last. */
  share(shares: readonly number[]): number {
    let u = this.uniform();
    for (let i = 0; i < shares.length - 1; i++) {
      u -= shares[i]!;
      if (u < 0) return i;
    }
    return shares.length - 1;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  /** Standard normal, Marsaglia's polar method. */
  normal(mean = 0, sd = 1): number {
    if (!Number.isNaN(this.#spareNormal)) {
      const z = this.#spareNormal;
      this.#spareNormal = Number.NaN;
      return mean + sd * z;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const f = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spareNormal = v * f;
      return mean + sd * u * f;
    }
  }

  /** `exp(normal(mu, sigma))`: mu and sigma are of the logarithm. */
  logNormal(mu: number, sigma: number): number {
    return Math.exp(this.normal(mu, sigma));
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Gamma of that shape and scale (mean shape × scale), Marsaglia and Tsang 2000. */
  gamma(shape: number, scale = 1): number {
    if (shape < 1) return this.gamma(shape + 1, scale) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = 1 - this.uniform();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v * scale;
    }
  }

  /** Beta with that mean and strength (a + b). */
  beta(mean: number, strength: number): number {
    const x = this.gamma(mean * strength);
    const y = this.gamma((1 - mean) * strength);
    return x / (x + y);
  }

  /** Poisson: Knuth's product for small means, Hörmann's PTRS (1993) above 30. */
  poisson(mean: number): number {
    if (!(mean > 0)) return 0;
    if (mean <= 30) {
      const limit = Math.exp(-mean);
      let n = 0;
      for (let p = this.uniform(); p > limit; p *= this.uniform()) n++;
      return n;
    }
    const root = Math.sqrt(mean);
    const b = 0.931 + 2.53 * root;
    const a = -0.059 + 0.02483 * b;
    const invAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const vr = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.uniform() - 0.5;
      const v = 1 - this.uniform();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= vr) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      const left = Math.log(v) + Math.log(invAlpha) - Math.log(a / (us * us) + b);
      if (left <= -mean + k * Math.log(mean) - logFactorial(k)) return k;
    }
  }

  /** Negative binomial by its mean and size: variance = mean + mean² / size. */
  negativeBinomial(mean: number, size: number): number {
    return mean > 0 ? this.poisson(this.gamma(size, mean / size)) : 0;
  }

  /** Pareto: at least `minimum`, tail exponent `alpha`. */
  pareto(minimum: number, alpha: number): number {
    return minimum / (1 - this.uniform()) ** (1 / alpha);
  }
}

/** ln k!, by Stirling's series above 9 (error below 1e-9). */
function logFactorial(k: number): number {
  if (k < 10) {
    let f = 1;
    for (let i = 2; i <= k; i++) f *= i;
    return Math.log(f);
  }
  const x = k + 1;
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + 1 / (12 * x) - 1 / (360 * x * x * x);
}

/** Weights 1, 1/2^s, 1/3^s, … for n ranks: the usual shape of market shares and town sizes. */
export const zipfWeights = (n: number, s: number): number[] => Array.from({ length: n }, (_, i) => (i + 1) ** -s);

/** Draws an index by weight in constant time (Walker's alias table, Vose's construction). */
export class WeightedChoice {
  readonly #probability: Float64Array;
  readonly #alias: Int32Array;
  readonly size: number;

  /** `weights`: at least one, none negative, not all 0; need not sum to 1. */
  constructor(weights: ArrayLike<number>) {
    const n = weights.length;
    let total = 0;
    for (let i = 0; i < n; i++) total += weights[i]!;
    if (!(total > 0)) throw new RangeError('weights must have a positive sum');
    this.size = n;
    this.#probability = new Float64Array(n);
    this.#alias = new Int32Array(n);
    const scaled = Float64Array.from(weights, (w) => (w * n) / total);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < n; i++) (scaled[i]! < 1 ? small : large).push(i);
    while (small.length > 0 && large.length > 0) {
      const s = small.pop()!;
      const l = large.pop()!;
      this.#probability[s] = scaled[s]!;
      this.#alias[s] = l;
      scaled[l] = scaled[l]! + scaled[s]! - 1;
      (scaled[l]! < 1 ? small : large).push(l);
    }
    for (const i of large) this.#probability[i] = 1;
    for (const i of small) this.#probability[i] = 1;
  }

  draw(random: Random): number {
    const x = random.uniform() * this.size;
    const i = Math.floor(x);
    return x - i < this.#probability[i]! ? i : this.#alias[i]!;
  }
}
