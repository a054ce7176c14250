import { assert } from '#libs/base/assert.ts';

const SLOTS = 64;

/**
 * Recognises the keys of one JSON object by their bytes: a perfect hash of length, first and last character, found when
 * the table is made, then one comparison. Returns the number given to the key, or -1.
 */
export class KeyTable {
  /** Number that stands for the beginning of this object in the scanner's memory of what follows what. */
  readonly start: number;
  /** Number of the first key. */
  readonly first: number;
  /** For the number of each key its bytes as JSON usually has them, `"key":`; empty for other numbers. */
  readonly literals: readonly Uint8Array[];
  readonly #keys: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values = new Int32Array(SLOTS).fill(-1);
  #a = 1;
  #b = 1;

  constructor(start: number, entries: Readonly<Record<string, number>>) {
    const encoder = new TextEncoder();
    const keys = Object.entries(entries).map(([key, value]) => ({ key, bytes: encoder.encode(key), value }));
    this.start = start;
    this.first = keys[0].value;
    this.literals = Array.from({ length: SLOTS }, (_, number) => {
      const key = keys.find(({ value }) => value === number)?.key;
      return encoder.encode(key === undefined ? '' : `"${key}":`);
    });
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
