/**
 * A fast non-cryptographic 64-bit hash for table keys: two 32-bit lanes in the manner of MurmurHash3 (Austin Appleby,
 * public domain), each fed every word with constants of its own and mixed with the other at the end. It is not a
 * defence: what must not be reversed needs a keyed hash.
 *
 * The result is left in {@link hash64}, so that hashing allocates nothing. It is never (0, 0): that means "absent".
 */

/** Result of the last call of {@link hashBytes} or {@link hashString}: read it before the next call. */
export const hash64 = { lo: 0, hi: 0 };

const imul = Math.imul;
const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r));

const finish = (x: number): number => {
  x ^= x >>> 16;
  x = imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
};

/**
 * Hashes `bytes[start, end)` into {@link hash64} as two int32. `seed` separates uses that must not meet.
 * Bounds are the caller's duty: bytes outside the array count as 0.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed = 0): void {
  let a = seed | 0;
  let b = (seed ^ 0x3c6ef372) | 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const k = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    a = (imul(rotl(a ^ imul(rotl(imul(k, 0xcc9e2d51), 15), 0x1b873593), 13), 5) + 0xe6546b64) | 0;
    b = (imul(rotl(b ^ imul(rotl(imul(k, 0xab0e9789), 16), 0x38b34ae5), 17), 5) + 0x561ccd1b) | 0;
  }
  if (i < end) {
    let k = 0;
    for (let shift = 0; i < end; i++, shift += 8) k |= bytes[i] << shift;
    a ^= imul(rotl(imul(k, 0xcc9e2d51), 15), 0x1b873593);
    b ^= imul(rotl(imul(k, 0xab0e9789), 16), 0x38b34ae5);
  }
  const length = end - start;
  a ^= length;
  b ^= length;
  a = (a + b) | 0;
  b = (b + a) | 0;
  a = finish(a);
  b = finish(b);
  a = (a + b) | 0;
  b = (b + a) | 0;
  hash64.lo = a === 0 && b === 0 ? 1 : a;
  hash64.hi = b;
}

const SCRATCH_CHARACTERS = 256;
const scratch = new Uint8Array(SCRATCH_CHARACTERS * 3);
const encoder = new TextEncoder();

/** Hashes the UTF-8 form of `text` into {@link hash64}: the same value as {@link hashBytes} on those bytes. */
export function hashString(text: string, seed = 0): void {
  if (text.length > SCRATCH_CHARACTERS) {
    const bytes = encoder.encode(text);
    hashBytes(bytes, 0, bytes.length, seed);
    return;
  }
  hashBytes(scratch, 0, encoder.encodeInto(text, scratch).written, seed);
}
