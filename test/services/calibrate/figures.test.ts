import { expect, test } from 'vitest';
import { Random } from '#libs/base/random.ts';
import { compilePolicy, createScore, scoreInto } from '#libs/decide/index.ts';
import type { AccountClass } from '#libs/model/codes.ts';
import { ACCOUNT_CLASSES } from '#libs/model/codes.ts';
import { defaultPolicy, parseCalibration } from '#libs/model/policy/index.ts';
import { S_MISS, S_TERRITORY, STREAM_COUNT } from '#libs/model/streams.ts';
import { calibrationText } from '#services/calibrate/calibration-file.ts';
import { driftsBetween } from '#services/calibrate/drift.ts';
import { calibrationOf, learnAllTails, learnScores, learnTails } from '#services/calibrate/learn.ts';
import type { AccountMonth } from '#services/calibrate/monthly-maxima.ts';
import { policyWith } from '#services/calibrate/policy-with.ts';
import { checkOf } from '#services/calibrate/result.ts';
import { costsOfThresholds, rateOf } from '#services/calibrate/rung-cost.ts';

const policy = compilePolicy(defaultPolicy().detection);

/** Months whose territory evidence is exponential with mean `nats`, and whose score is twice that. */
function months(
  seed: number,
  count: number,
  nats: number,
  accountClass: AccountClass = 'professional',
): AccountMonth[] {
  const random = new Random(seed, 'months');
  return Array.from({ length: count }, (_, i) => {
    const streams = new Float64Array(STREAM_COUNT);
    streams[S_TERRITORY] = -nats * Math.log(1 - random.uniform());
    streams[S_MISS] = accountClass === 'software' ? 1000 : 0;
    return {
      account: `PS-${i}`,
      profession: 'optician' as const,
      accountClass,
      month: 0,
      streams,
      score: 2 * streams[S_TERRITORY]!,
      suspendScore: streams[S_TERRITORY]!,
      active: true,
      rungs: 0,
      quota: false,
    };
  });
}

function learnt(from: readonly AccountMonth[], margin = 1) {
  const learntTails = learnAllTails(from, policy);
  const scores = learnScores(
    from.map((m) => m.score),
    margin,
  );
  const suspendScores = learnScores(
    from.map((m) => m.suspendScore),
    margin,
  );
  return calibrationOf({ months: from, fromMs: 0, toMs: 1, margin, learntTails, scores, suspendScores });
}

test('tails come from the classes a stream counts for, and from streams with evidence only', () => {
  const mixed = [...months(1, 4000, 1), ...months(2, 400, 1, 'software')];
  const tails = learnTails(mixed, policy);
  // Software accounts miss all the time; the stream does not count for them, and nobody else has any.
  expect(tails.map((t) => t.stream)).toEqual(['territory']);
  expect(tails[0]!.months).toBe(4400);
  expect(tails[0]!.q99.value).toBeCloseTo(Math.log(100), 0);
  expect(tails[0]!.q999.value).toBeCloseTo(Math.log(1000), -0.5);
});

test('a class with months enough has tails of its own, which the policy that names the file gives to detection', () => {
  // Managers look up at random by their nature: their misses reach far higher than anybody else's.
  const calm = months(40, 3000, 1).map((m) => ({ ...m, streams: withMisses(m.streams, 0.2) }));
  const wild = months(41, 400, 1, 'manager').map((m) => ({ ...m, streams: withMisses(m.streams, 8) }));
  const few = months(42, 299, 1, 'software');
  const calibration = learnt([...calm, ...wild, ...few]);
  expect(Object.keys(calibration.classes!)).toEqual(['professional', 'manager']);
  const { detection } = policyWith(undefined, calibration);
  const compiled = compilePolicy(detection);
  const knot = (accountClass: AccountClass) =>
    compiled.q99[ACCOUNT_CLASSES.indexOf(accountClass) * STREAM_COUNT + S_MISS]!;
  expect(knot('manager')).toBe(calibration.classes!.manager!.tails.miss!.q99);
  expect(knot('manager')).toBeGreaterThan(5 * knot('professional'));
  // Too few months of their own: what all accounts say.
  expect(knot('software')).toBe(calibration.tails.miss!.q99);
  const worth = (accountClass: AccountClass) => {
    const nats = new Float32Array(STREAM_COUNT);
    nats[S_MISS] = 6;
    const score = createScore();
    scoreInto(score, nats, 0, 0, 0, 0, 0, 10, 10, 10, 0, 0, ACCOUNT_CLASSES.indexOf(accountClass), compiled);
    return score.total;
  };
  expect(worth('professional')).toBe(6);
  expect(worth('manager')).toBeLessThan(2);
});

function withMisses(streams: Float64Array, scale: number): Float64Array {
  const copy = Float64Array.from(streams);
  copy[S_MISS] = scale * streams[S_TERRITORY]!;
  return copy;
}

test('a class tail that does not rise is refused with its place', () => {
  const text =
    'version: 1\naccount_months: 10\nscores: [{ per_10000: 100, score: 5 }, { per_10000: 1, score: 9 }]\nclasses: { manager: { account_months: 5, tails: { miss: { q99: 3, q999: 2 } } } }\n';
  const parsed = parseCalibration({ name: 'c.yaml', text });
  expect(parsed.ok ? [] : parsed.error.map((p) => [p.line, p.path])).toEqual([[4, 'classes.manager.tails.miss']]);
});

test('a budget learnt on one half is kept on the other', () => {
  const calibration = learnt(months(10, 6000, 1.5), 2);
  const other = months(11, 20_000, 1.5);
  const source =
    'rungs: { alert: { per_10000: 200 }, step_up: { per_10000: 100 }, throttle: 40, suspend: { per_10000: 10 } }\n';
  const text = calibrationText(calibration);
  const parsed = parseCalibration({ name: 'calibration.yaml', text });
  expect(parsed.ok && parsed.value).toEqual(calibration);
  expect(text).toContain('\n  territory: { q99: ');
  expect(source).toContain('per_10000: 10 ');
  const at = (points: readonly { per_10000: number; score: number }[], budget: number) =>
    points.find((p) => p.per_10000 === budget)!.score;
  const costs = costsOfThresholds(other, {
    alert: at(calibration.scores, 200),
    step_up: at(calibration.scores, 100),
    throttle: 1000,
    suspend: at(calibration.suspend_scores!, 10),
  });
  expect(costs.map((c) => c.rung)).toEqual(['alert', 'step_up', 'throttle', 'suspend']);
  expect(costs[0]!.per10000).toBeLessThan(200);
  expect(costs[0]!.per10000).toBeGreaterThan(50);
  expect(costs[1]!.per10000).toBeLessThan(100);
  expect(costs[2]).toMatchObject({ months: 0, per10000: 0, lowPer10000: 0 });
  expect(costs[3]!.per10000).toBeLessThan(10);
});

test('scores rise, and budgets too rare for the months are not given', () => {
  const points = learnScores(
    months(3, 1000, 1).map((m) => m.score),
    1,
  );
  expect(points.map((p) => p.per10000)).toEqual([1000, 500, 200, 100, 50, 20, 10, 5, 2, 1]);
  points.forEach((p, i) => {
    if (i > 0) expect(p.score.value).toBeGreaterThan(points[i - 1]!.score.value);
  });
  expect(points.at(-1)!.score.extrapolated).toBe(true);
  expect(points[0]!.score.extrapolated).toBe(false);
});

test('a calibration from twice the evidence has drifted up; another draw of the same has not', () => {
  const before = learnt(months(20, 5000, 1));
  expect(driftsBetween(before, learnt(months(21, 5000, 1)))).toEqual([]);
  const drifts = driftsBetween(before, learnt(months(22, 5000, 2)));
  expect(drifts.map((d) => [d.stream, d.quantile, d.direction])).toContainEqual(['territory', 'q99', 'up']);
  expect(driftsBetween(learnt(months(22, 5000, 2)), before)[0]).toMatchObject({ direction: 'down' });
});

test('a check says kept, within, above within chance, or broken', () => {
  const calibration = learnt(months(30, 5000, 1));
  const withBudget = policyWith(undefined, calibration);
  const reached = (count: number) => months(31, 10_000, 1).map((m, i) => ({ ...m, rungs: i < count ? 0b0001 : 0 }));
  const budgeted = {
    ...withBudget,
    effective: { ...withBudget.effective, rungs: { ...withBudget.effective.rungs, alert: { per_10000: 20 } } },
  };
  const verdict = (count: number) => checkOf(reached(count), budgeted, calibration)[0]!.verdict;
  expect([5, 19, 24, 60].map(verdict)).toEqual(['kept', 'within', 'above, within chance', 'broken']);
});

test('bounds of a rate: none in n is three in n at most', () => {
  expect(rateOf(0, 30_000).highPer10000).toBeCloseTo(1, 1);
  const { lowPer10000, highPer10000 } = rateOf(10, 1000);
  // Clopper-Pearson, one-sided 95 % each.
  expect(lowPer10000).toBeCloseTo(54.4, 0);
  expect(highPer10000).toBeCloseTo(169.0, 0);
});
