import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash64, hashBytes, hashString } from '#libs/base/hash64.ts';

const ofBytes = (bytes: Uint8Array, seed?: number): string => {
  hashBytes(bytes, 0, bytes.length, seed);
  return `${hash64.lo},${hash64.hi}`;
};
const ofString = (text: string, seed?: number): string => {
  hashString(text, seed);
  return `${hash64.lo},${hash64.hi}`;
};

describe('hash64', () => {
  it('stays what it is: its values are in snapshots', () => {
    expect([ofString(''), ofString('PS-000123'), ofString('a'), ofString('abcd', 7)]).toMatchInlineSnapshot(`
      [
        "-1998650958,-723050639",
        "-2078297710,13240384",
        "-1796510943,-406823355",
        "258471343,-3918737",
      ]
    `);
  });

  it('gives a string the hash of its UTF-8 bytes, wherever they stand in a buffer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(9), (text, offset) => {
        const bytes = new TextEncoder().encode(text);
        const padded = new Uint8Array(bytes.length + offset + 5).fill(0xa5);
        padded.set(bytes, offset);
        hashBytes(padded, offset, offset + bytes.length);
        expect(`${hash64.lo},${hash64.hi}`).toBe(ofString(text));
      }),
    );
  });

  it('gives int32 halves and never (0, 0)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        hashBytes(bytes, 0, bytes.length);
        expect(hash64.lo | 0).toBe(hash64.lo);
        expect(hash64.hi | 0).toBe(hash64.hi);
        expect(hash64.lo === 0 && hash64.hi === 0).toBe(false);
      }),
    );
  });

  it('has no collision, and even low bits in each half, over 200,000 consecutive identifiers', () => {
    const seen = new Set<string>();
    const loBuckets = new Uint32Array(1024);
    const hiBuckets = new Uint32Array(1024);
    for (let i = 0; i < 200_000; i++) {
      seen.add(ofString(`PS-${String(i).padStart(6, '0')}`));
      loBuckets[hash64.lo & 1023]++;
      hiBuckets[hash64.hi & 1023]++;
    }
    expect(seen.size).toBe(200_000);
    // Chi-square over 1,023 degrees of freedom: mean 1,023, standard deviation 45; five of them above is the bound.
    const expected = 200_000 / 1024;
    for (const buckets of [loBuckets, hiBuckets]) {
      const chi = buckets.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      expect(chi).toBeLessThan(1023 + 5 * 45);
    }
  });

  it('keeps seeds apart', () => {
    expect(ofString('a', 1)).not.toBe(ofString('a', 2));
    expect(ofBytes(new Uint8Array([97]), 1)).toBe(ofString('a', 1));
  });
});
