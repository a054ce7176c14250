import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  ageGroupFactor,
  bernoulliLogRatio,
  cohortLogRatio,
  FORECASTERS,
  forecast,
  longRunProbability,
  newSourceNats,
  rateLogRatio,
  recentProbability,
  STREAMS,
  territoryLogRatio,
  visitorsAfter,
  withVisitors,
} from '#libs/evidence/index.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';

const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });

describe('accumulate (Page)', () => {
  it('adds up and reflects at zero', () => {
    expect(accumulate(2, 1.5)).toBe(3.5);
    expect(accumulate(2, -3)).toBe(0);
    expect(accumulate(0, -50)).toBe(0);
  });
  it('does not drift where observations say next to nothing', () => {
    let nats = 0;
    for (let i = 0; i < 10_000; i++) nats = accumulate(nats, bernoulliLogRatio(i % 50 !== 0, 0.98, 0.981));
    expect(nats).toBeLessThan(0.2);
  });
});

describe('territory', () => {
  it('keeps the null’s mean likelihood ratio at 1/0.9 at most, whichever forecaster is right', () => {
    // LR <= q / (0.9 p), so under the forecast itself its mean is at most 1 / 0.9.
    const national = [0.7, 0.2, 0.1];
    for (const [longRun, recent] of [
      [
        [0.2, 0.7, 0.1],
        [0.1, 0.8, 0.1],
      ],
      [
        [0.9, 0.05, 0.05],
        [0.3, 0.3, 0.4],
      ],
    ] as const) {
      const weights = new Float32Array(FORECASTERS);
      const p = national.map((_, d) => forecast(weights, 0, longRun[d]!, longRun[d]!, recent[d]!, longRun[d]!, false));
      expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      const mean = national.reduce((sum, q, d) => sum + p[d]! * Math.exp(territoryLogRatio(q, p[d]!)), 0);
      expect(mean).toBeLessThanOrEqual(1.12);
    }
  });
  it('is bounded by ln 10 a person', () => {
    fc.assert(
      fc.property(probability, probability, (q, p) => {
        expect(territoryLogRatio(q, p)).toBeLessThanOrEqual(Math.log(10) + 1e-9);
      }),
    );
  });
  it('gives the say to the forecaster that is right, in ten people, and never takes it from one for good', () => {
    const weights = new Float32Array(FORECASTERS);
    for (let i = 0; i < 10; i++) forecast(weights, 0, 0.002, 0.002, 0.6, 0.002, true);
    expect(weights[2]).toBeGreaterThan(0.9);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    for (let i = 0; i < 10; i++) forecast(weights, 0, 0.6, 0.002, 0.002, 0.002, true);
    expect(weights[0]).toBeGreaterThan(0.9);
  });

  /** Evidence after each person of a list: birth departments (of 100), birth months (year x 12 + month). */
  const run = (people: readonly { department: number; birth: number }[]) => {
    const q = 0.01;
    const weights = new Float32Array(FORECASTERS);
    const births = new Uint16Array(people.map((p) => p.birth));
    const seen: number[] = [];
    let nats = 0;
    people.forEach(({ department, birth }, i) => {
      const longRun = longRunProbability(0, 500, 0.005);
      const recent = recentProbability(seen.filter((x) => x === department).length, seen.length, q);
      const from = Math.max(0, i - 16);
      const age = ageGroupFactor(births, from, i - from, birth);
      nats = accumulate(nats, territoryLogRatio(q, forecast(weights, 0, longRun, 0.005, recent, q * age, true)));
      seen.unshift(department);
      seen.length = Math.min(seen.length, 32);
    });
    return { nats, weights };
  };
  const scattered = (n: number) => Array.from({ length: n }, (_, i) => (i * 37) % 97);

  it('learns a new but concentrated territory in ten people, a dispersed one never', () => {
    const moved = run(Array.from({ length: 30 }, (_, i) => ({ department: 7, birth: (i * 131) % 1000 })));
    expect(moved.nats).toBe(0);
    const list = run(scattered(30).map((department, i) => ({ department, birth: (i * 131) % 1000 })));
    expect(list.nats).toBeGreaterThan(10);
    // Whoever foretells an ordinary list as well as theft does would take the weight and silence the stream.
    expect(list.weights[0]! + list.weights[1]!).toBeGreaterThan(0.8);
  });
  it('sees a season in those who are billed, and none where they come as ever', () => {
    const national = 0.01;
    const elsewhere = 0.004;
    const shareAfter = (billed: number, visitors: number) => {
      let share = 0;
      for (let i = 0; i < billed; i++) {
        // Of ten who come as ever six are born at home.
        const isAtHome = i % 10 >= 10 * visitors && (i * 7) % 10 < 6;
        share = visitorsAfter(share, withVisitors(isAtHome ? 0.6 : elsewhere, national, 0), national);
      }
      return share;
    };
    expect(shareAfter(2000, 0)).toBeLessThan(0.1);
    expect(shareAfter(300, 0.7)).toBeGreaterThan(0.4);
    // Forged bills: however many, a list is never foretold whole.
    const forged = shareAfter(10_000, 1);
    const each = territoryLogRatio(national, withVisitors(elsewhere, national, forged));
    expect(each).toBeGreaterThan(0.15);
  });
  it('knows a school by its age, not a list sorted by birth', () => {
    const school = run(scattered(60).map((department, i) => ({ department, birth: 70 * 12 + ((i * 7) % 36) })));
    const list = run(scattered(60).map((department, i) => ({ department, birth: (i * 131) % 1000 })));
    const sortedList = run(scattered(60).map((department, i) => ({ department, birth: 70 * 12 + Math.floor(i / 20) })));
    expect(school.nats).toBeLessThan(list.nats / 2);
    expect(sortedList.nats).toBeGreaterThan(2 * school.nats);
  });
});

describe('no follow-up', () => {
  it('a cohort like the account’s own argues against theft, one without any follow-up for it', () => {
    expect(cohortLogRatio(20, 5, 0.3)).toBeLessThan(0);
    expect(cohortLogRatio(20, 20, 0.3)).toBeGreaterThan(10);
  });
  it('is silent where the account never bills', () => {
    expect(cohortLogRatio(50, 50, 0.98)).toBe(0);
  });
  it('stays finite for any cohort', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 65_535 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        probability,
        (n, share, p0) => {
          const ratio = cohortLogRatio(n, Math.round(n * share), p0);
          expect(Number.isFinite(ratio)).toBe(true);
          expect(ratio).toBeGreaterThanOrEqual(-20);
        },
      ),
    );
  });
});

describe('rate', () => {
  it('speaks for theft only above the expectation, and stays finite', () => {
    expect(rateLogRatio(0, 4, 0.7)).toBeLessThan(0);
    expect(rateLogRatio(4, 4, 0.7)).toBeLessThan(0.5);
    expect(rateLogRatio(200, 4, 0.7)).toBeGreaterThan(5);
    expect(Number.isFinite(rateLogRatio(65_535, 0.02, 0.15))).toBe(true);
  });
});

describe('new source', () => {
  it('is worth little where the group changes its sources often', () => {
    expect(newSourceNats(0.005, true)).toBe(4);
    expect(newSourceNats(0.2, true)).toBeCloseTo(Math.log(1.5), 9);
    expect(newSourceNats(0.5, true)).toBe(0);
    expect(newSourceNats(0.005, false)).toBe(2);
  });
});

describe('bernoulliLogRatio', () => {
  it('has a null expectation of one', () => {
    fc.assert(
      fc.property(probability, probability, (p0, p1) => {
        const mean =
          p0 * Math.exp(bernoulliLogRatio(true, p0, p1)) + (1 - p0) * Math.exp(bernoulliLogRatio(false, p0, p1));
        expect(mean).toBeCloseTo(1, 6);
      }),
    );
  });
});

it('every stream describes itself under its own name', () => {
  expect(STREAMS.map((s) => s.name)).toEqual([...STREAM_NAMES]);
  for (const stream of STREAMS) expect(stream.blindSpots.length).toBeGreaterThan(0);
});
