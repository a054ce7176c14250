import { assert } from './assert.ts';
import type { SnapshotReader, SnapshotWriter } from './snapshot.ts';

/** Whether the entry whose payload begins at `slots[at]` is still worth keeping at `now`. */
export type Keep = (slots: Int32Array, at: number, now: number) => boolean;

/**
 * Open addressing on 64-bit keys (two int32 halves) with a fixed number of 32-bit payload words an entry, all in one
 * Int32Array a segment: one cache line a look-up, no object, no string. Cut into segments that grow by themselves, so
 * that growth never pauses the loop for the whole table. Exact: nothing is evicted unless `keep` says so at growth.
 *
 * Keys must be well mixed (HMAC or hash output). The key 0:0 marks a free slot; it is stored as 0:1.
 */
export class Table64 {
  readonly payloadWords: number;
  readonly stride: number;
  size = 0;
  /** After `find` or `insert`: the segment and the index of the entry's first payload word. */
  slots: Int32Array;
  at = 0;
  /** What {@link touch} read, so that reading is not optimised away. */
  touched = 0;
  #segments: Int32Array[] = [];
  #counts: Int32Array;
  readonly #maxEntries: number;

  constructor(payloadWords: number, maxEntries = 2 ** 31) {
    this.payloadWords = payloadWords;
    this.stride = payloadWords + 2;
    this.#maxEntries = maxEntries;
    this.#counts = new Int32Array(SEGMENTS);
    for (let i = 0; i < SEGMENTS; i++) this.#segments.push(new Int32Array(MIN_CAPACITY * this.stride));
    this.slots = this.#segments[0]!;
  }

  /**
   * Reads the key's place and nothing more. The place is hardly ever in the processor's cache; asked for the places of several
   * tables in a row, memory answers all of them in the time of one.
   */
  touch(lo: number, hi: number): void {
    const segment = this.#segments[hi & SEGMENT_MASK]!;
    const stride = this.stride;
    this.touched = segment[Math.floor((lo >>> 0) * ((segment.length / stride) * INVERSE_2_32)) * stride]!;
  }

  /** True if the key is there; `slots[at]` is then its first payload word. */
  find(lo: number, hi: number): boolean {
    if (lo === 0 && hi === 0) hi = 1;
    const segment = this.#segments[hi & SEGMENT_MASK]!;
    const stride = this.stride;
    const length = segment.length;
    let i = Math.floor((lo >>> 0) * ((length / stride) * INVERSE_2_32)) * stride;
    for (;;) {
      const keyLo = segment[i]!;
      const keyHi = segment[i + 1]!;
      if (keyLo === lo && keyHi === hi) {
        this.slots = segment;
        this.at = i + 2;
        return true;
      }
      if (keyLo === 0 && keyHi === 0) return false;
      i += stride;
      if (i === length) i = 0;
    }
  }

  /**
   * Finds or adds the key; true if it is new (its payload is then 0). `keep` is asked of every entry of a segment that
   * has to grow (with `now` handed through, so that no closure is made an event), and those it refuses are dropped first:
   * the only way entries leave.
   */
  insert(lo: number, hi: number, keep?: Keep, now = 0): boolean {
    if (lo === 0 && hi === 0) hi = 1;
    const s = hi & SEGMENT_MASK;
    let segment = this.#segments[s]!;
    const stride = this.stride;
    if ((this.#counts[s]! + 1) * stride > segment.length * MAX_LOAD && !this.find(lo, hi)) {
      this.#grow(s, keep, now);
      segment = this.#segments[s]!;
    }
    const length = segment.length;
    let i = Math.floor((lo >>> 0) * ((length / stride) * INVERSE_2_32)) * stride;
    for (;;) {
      const keyLo = segment[i]!;
      const keyHi = segment[i + 1]!;
      if (keyLo === lo && keyHi === hi) {
        this.slots = segment;
        this.at = i + 2;
        return false;
      }
      if (keyLo === 0 && keyHi === 0) break;
      i += stride;
      if (i === length) i = 0;
    }
    assert(this.size < this.#maxEntries, `table is full at its declared limit of ${this.#maxEntries} entries`);
    segment[i] = lo;
    segment[i + 1] = hi;
    this.#counts[s] = this.#counts[s]! + 1;
    this.size++;
    this.slots = segment;
    this.at = i + 2;
    return true;
  }

  /** Memory held, bytes. */
  get bytes(): number {
    let sum = 0;
    for (const segment of this.#segments) sum += segment.byteLength;
    return sum;
  }

  save(writer: SnapshotWriter): void {
    writer.number(this.payloadWords);
    writer.array(this.#counts);
    for (const segment of this.#segments) writer.array(segment);
  }

  load(reader: SnapshotReader): void {
    assert(reader.number() === this.payloadWords, 'snapshot holds a table of another shape');
    this.#counts = reader.array(Int32Array);
    this.#segments = this.#segments.map(() => reader.array(Int32Array));
    this.size = this.#counts.reduce((a, b) => a + b, 0);
    this.slots = this.#segments[0]!;
  }

  #grow(s: number, keep: Keep | undefined, now: number): void {
    const old = this.#segments[s]!;
    const stride = this.stride;
    const capacity = Math.ceil((old.length / stride) * GROWTH);
    const next = new Int32Array(capacity * stride);
    let count = 0;
    for (let i = 0; i < old.length; i += stride) {
      if (old[i] === 0 && old[i + 1] === 0) continue;
      if (keep !== undefined && !keep(old, i + 2, now)) continue;
      let j = Math.floor((old[i]! >>> 0) * (capacity * INVERSE_2_32)) * stride;
      while (next[j] !== 0 || next[j + 1] !== 0) {
        j += stride;
        if (j === next.length) j = 0;
      }
      for (let k = 0; k < stride; k++) next[j + k] = old[i + k]!;
      count++;
    }
    this.size += count - this.#counts[s]!;
    this.#counts[s] = count;
    this.#segments[s] = next;
  }
}

const SEGMENTS = 64;
const SEGMENT_MASK = SEGMENTS - 1;
const MIN_CAPACITY = 16;
const MAX_LOAD = 0.8;
const GROWTH = 1.4;
const INVERSE_2_32 = 2 ** -32;
