import { beforeAll, describe, expect, test } from 'vitest';
import type { PowerFigures } from '../power/figures.ts';
import { figuresOf } from '../power/figures.ts';
import { runJob } from '../power/job.ts';

/**
 * The small version of `npm run power`, with ratchets: one simulation with every theft and one of honest months, on seeds
 * that nothing was tuned on. The limits lie a little above what was measured; whoever makes detection better lowers them,
 * and nobody raises one without saying why. Two seeds prove no budget: that is what the full run is for.
 */

let figures: PowerFigures;
beforeAll(() => {
  figures = figuresOf([
    runJob({ kind: 'thefts', seed: 2100, accounts: 250 }),
    runJob({ kind: 'benign', seed: 1500, accounts: 250, months: 1 }),
  ]);
}, 600_000);

/** Median people exposed: at the first step-up or suspension, before a suspension (0: no limit yet). */
const RATCHETS: Readonly<Record<string, readonly [firstStop: number, suspend: number]>> = {
  'sweep of NIR, fast or at night': [3, 5],
  'national list, 60 an hour, small': [6, 15],
  'national list, 60 an hour, pharmacy': [12, 40],
  'national list, 60 an hour, laboratory': [12, 90],
  'national list, 5 an hour': [12, 30],
  'national list, 2 an hour': [6, 12],
  'slowly growing': [15, 35],
  'local list with no follow-up': [45, 0],
  padded: [30, 300],
  'manager account, 1 a second or 100 an hour': [16, 0],
};

describe('exposed people', () => {
  test.each(Object.entries(RATCHETS))('%s', (name, [firstStop, suspend]) => {
    const { n, ...measured } = figures.by_aim.find((a) => a.name === name)!.figures;
    expect(n).toBeGreaterThan(0);
    expect(measured.first_stop.median).toBeLessThanOrEqual(firstStop);
    if (suspend > 0) expect(measured.before.suspend.median).toBeLessThanOrEqual(suspend);
  });

  test('every theft is alerted, and nearly every one stopped', () => {
    const all = figures.by_theft.map(({ figures: f }) => f);
    const reached = (rung: 'alert' | 'step_up') => all.reduce((sum, f) => sum + f.reached[rung], 0);
    expect(reached('alert')).toBe(all.length);
    expect(reached('step_up')).toBeGreaterThanOrEqual(all.length - 1);
  });

  test('the ladder as shipped lets hardly any theft run on', () => {
    for (const { attack, figures: f } of figures.by_theft) {
      expect(f.ladder!.median, attack).toBeLessThanOrEqual(Math.max(60, 0.35 * f.if_nobody_acted.median));
    }
  });
});

test('honest accounts are left alone', () => {
  expect(figures.months).toBeGreaterThan(240);
  expect(figures.honest.suspend.count).toBe(0);
  expect(figures.honest.step_up.count).toBeLessThanOrEqual(4);
  expect(figures.honest.throttle.count).toBeLessThanOrEqual(8);
  expect(figures.honest.alert.count).toBeLessThanOrEqual(14);
});
