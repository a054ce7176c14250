import { assert } from '#libs/base/assert.ts';

const SLOTS = 64;

/**
 * Recognises the keys of one JSON object by their bytes: a perfect hash of length, first and last character, found when
 * the table is made, then one comparison. Returns the number given to the key, or -1.
 */
export class KeyTable {
  readonly #keys: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values = new Int32Array(SLOTS).fill(-1);
  #a = 1;
  #b = 1;

  constructor(entries: Readonly<Record<string, number>>) {
    const keys = Object.entries(entries).map(([key, value]) => ({ bytes: new TextEncoder().encode(key), value }));
    const fits = () => new Set(keys.map(({ bytes }) => this.#slot(bytes, 0, bytes.length))).size === keys.length;
    while (!fits() && this.#a < SLOTS) {
      this.#b = (this.#b + 2) % SLOTS;
      if (this.#b === 1) this.#a++;
    }
    assert(fits(), 'no perfect hash for the keys of this object');
    for (const { bytes, value } of keys) {
      const slot = this.#slot(bytes, 0, bytes.length);
      this.#keys[slot] = bytes;
      this.#values[slot] = value;
    }
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return -1;
    const slot = this.#slot(bytes, start, end);
    const key = this.#keys[slot];
    if (key === undefined || key.length !== end - start) return -1;
    for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return -1;
    return this.#values[slot];
  }

  #slot(bytes: Uint8Array, start: number, end: number): number {
    return ((end - start) * this.#a + bytes[start] * this.#b + bytes[end - 1]) & (SLOTS - 1);
  }
}
