import { describe, expect, it } from 'vitest';
import { hash64 } from '#libs/base/hash64.ts';
import { Interner } from '#libs/intake/interner.ts';

const intern = (interner: Interner, text: string): string => {
  const bytes = Buffer.from(`-${text}-`);
  return interner.intern(bytes, 1, bytes.length - 1);
};

describe('interner', () => {
  it('gives back every string, through all its growth', () => {
    const interner = new Interner(10_000);
    const names = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? `Pharmacie n° ${i}` : `PS-${i}`));
    for (let round = 0; round < 2; round++) {
      for (const name of names) expect(intern(interner, name)).toBe(name);
      expect(interner.size).toBe(5000);
    }
    expect([interner.overflow, interner.collisions]).toEqual([0, 0]);
  });

  it('never gives a string for other bytes of the same hash', () => {
    const interner = new Interner(10, () => {
      hash64.lo = 1;
      hash64.hi = 2;
    });
    for (const name of ['Émile', 'Émilie', 'a', 'Émile']) expect(intern(interner, name)).toBe(name);
    expect([interner.size, interner.collisions]).toEqual([1, 2]);
  });

  it('beyond its limit still gives the right string, and says how often', () => {
    const interner = new Interner(2);
    for (const name of ['a', 'b', 'c', 'c', 'a']) expect(intern(interner, name)).toBe(name);
    expect([interner.size, interner.overflow]).toEqual([2, 2]);
  });
});
