import { describe, expect, it } from 'vitest';
import { NATIONAL_ALTERNATIVE, NATIONAL_BIRTHS } from '#libs/baseline/births.ts';
import { dispersionSize, groupPerDay } from '#libs/baseline/group.ts';
import { limitedGrowth, newPerDay, newPerHour, winsorised } from '#libs/baseline/scales.ts';
import { groupPrior, upperProbability } from '#libs/baseline/traits.ts';
import { DEPARTMENT_ABROAD, departmentIndex } from '#libs/model/departments.ts';

describe('national births', () => {
  it('are probabilities, known to be larger in Nord than in Lozère', () => {
    expect(NATIONAL_BIRTHS.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(NATIONAL_ALTERNATIVE.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(NATIONAL_BIRTHS[departmentIndex('59')]).toBeGreaterThan(20 * NATIONAL_BIRTHS[departmentIndex('48')]!);
    expect(NATIONAL_BIRTHS[DEPARTMENT_ABROAD]).toBeCloseTo(0.125, 9);
    expect(NATIONAL_ALTERNATIVE[0]).toBe(0);
  });
});

describe('traits', () => {
  const fallback = { mean: 0.5, strength: 2 };
  it('a group of like accounts has a strong prior, one of unlike accounts a weak one', () => {
    const alike = Array.from({ length: 40 }, (_, i) => [100, 19 + (i % 3)] as const);
    const unlike = Array.from({ length: 40 }, (_, i) => [100, (i % 2) * 80 + 5] as const);
    expect(groupPrior(alike, fallback)).toEqual({ mean: expect.closeTo(0.2, 1), strength: 24 });
    expect(groupPrior(unlike, fallback).strength).toBe(1.5);
  });
  it('too few accounts borrow', () => {
    expect(groupPrior([[100, 5]], fallback)).toBe(fallback);
  });
  it('is not taught by one attacked account in a hundred', () => {
    const honest = Array.from({ length: 99 }, () => [100, 2] as const);
    const clean = groupPrior(honest, fallback);
    const attacked = groupPrior([...honest, [1000, 900] as const], fallback);
    expect(attacked.mean).toBeCloseTo(clean.mean, 6);
  });
  it('gives a young account the benefit of the doubt, a known one its own figure', () => {
    const prior = { mean: 0.05, strength: 6 };
    expect(upperProbability(0, 0, prior)).toBeGreaterThan(0.15);
    expect(upperProbability(600, 30, prior)).toBeLessThan(0.07);
  });
});

describe('scales', () => {
  it('blend the group with the own days', () => {
    expect(newPerDay({ days: 0, hours: 0, people: 0, known: 0 }, 4)).toBe(4);
    expect(newPerDay({ days: 20, hours: 160, people: 200, known: 0 }, 4)).toBeCloseTo(8.8, 6);
    expect(newPerHour({ days: 20, hours: 160, people: 200, known: 0 }, 4)).toBeCloseTo(1.1, 6);
  });
  it('one extraordinary day counts for little', () => {
    expect(winsorised(5000, 4, 5)).toBe(22);
    expect(winsorised(5000, 4, 4)).toBe(50);
  });
  it('cannot be walked up: two months of 3 % a day at most', () => {
    let scale = 4;
    for (let day = 0; day < 30; day++) scale = limitedGrowth(scale, 1000, 30);
    expect(scale).toBeLessThan(13);
    expect(limitedGrowth(4, 1000, 5)).toBe(1000);
  });
});

describe('groups', () => {
  it('a heavy upper tail counts, a single giant does not', () => {
    const members = [1, 2, 2, 3, 3, 3, 4, 4, 6, 12];
    expect(groupPerDay(members, 99)).toBeGreaterThan(3);
    expect(groupPerDay([...members, 5000], 99)).toBeLessThan(20);
    expect(groupPerDay([3], 99)).toBe(99);
  });
  it('dispersion follows the excess over Poisson', () => {
    expect(dispersionSize(0, 0)).toBe(0.7);
    expect(dispersionSize(100, 100)).toBe(1);
    expect(dispersionSize(100, 0)).toBe(8);
    expect(dispersionSize(100, 1e6)).toBe(0.15);
  });
});
