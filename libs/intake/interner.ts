import { hash64, hashBytes } from '#libs/base/hash64.ts';

/**
 * Strings that recur in every event (account, insurer) are made once and found again by the hash of their bytes, so
 * that an event costs no string. Bounded: once `limit` strings are held, others are made afresh each time and counted.
 */
export class Interner {
  readonly limit: number;
  /** Strings held. */
  size = 0;
  /** Strings made without being kept, the table being full. */
  overflow = 0;
  /** Bytes that had the hash of other bytes: they get a string of their own, never somebody else's. */
  collisions = 0;
  #mask = 1023;
  #lo = new Int32Array(1024);
  #hi = new Int32Array(1024);
  #strings: (string | undefined)[] = new Array(1024).fill(undefined);

  readonly #hash: typeof hashBytes;

  /** @param hash leaves its result in `hash64`; a parameter so that a test can make strings collide */
  constructor(limit: number, hash: typeof hashBytes = hashBytes) {
    this.limit = limit;
    this.#hash = hash;
  }

  /** The string in `bytes[start, end)` (UTF-8); its hash is left in `hash64`. */
  intern(bytes: Buffer, start: number, end: number): string {
    this.#hash(bytes, start, end);
    const { lo, hi } = hash64;
    const mask = this.#mask;
    let slot = (lo ^ hi) & mask;
    for (let held = this.#strings[slot]; held !== undefined; held = this.#strings[slot]) {
      if (this.#lo[slot] === lo && this.#hi[slot] === hi) {
        if (sameBytes(held, bytes, start, end)) return held;
        this.collisions++;
        return bytes.toString('utf8', start, end);
      }
      slot = (slot + 1) & mask;
    }
    const text = bytes.toString('utf8', start, end);
    if (this.size >= this.limit) {
      this.overflow++;
      return text;
    }
    this.#lo[slot] = lo;
    this.#hi[slot] = hi;
    this.#strings[slot] = text;
    if (++this.size * 2 > mask) this.#grow();
    return text;
  }

  #grow(): void {
    const lo = this.#lo;
    const hi = this.#hi;
    const strings = this.#strings;
    const capacity = strings.length * 2;
    this.#mask = capacity - 1;
    this.#lo = new Int32Array(capacity);
    this.#hi = new Int32Array(capacity);
    this.#strings = new Array(capacity).fill(undefined);
    for (let i = 0; i < strings.length; i++) {
      if (strings[i] === undefined) continue;
      let slot = (lo[i] ^ hi[i]) & this.#mask;
      while (this.#strings[slot] !== undefined) slot = (slot + 1) & this.#mask;
      this.#lo[slot] = lo[i];
      this.#hi[slot] = hi[i];
      this.#strings[slot] = strings[i];
    }
  }
}

function sameBytes(text: string, bytes: Buffer, start: number, end: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Beyond ASCII characters and bytes no longer run in step: compare the strings.
    if (code > 127) return text === bytes.toString('utf8', start, end);
    if (code !== bytes[start + i]) return false;
  }
  return text.length === end - start;
}
