import { createHash, createHmac } from 'node:crypto';
import { assert } from '#libs/base/assert.ts';
import { compress, SHA256_INITIAL, schedule } from '#libs/base/sha256-block.ts';

/**
 * Turns what identifies a person into the first 128 bits of HMAC-SHA-256 (RFC 2104) under a key that never leaves
 * memory. A bare hash of a NIR is reversed in minutes (the space is about 9e10); without the key this one is not.
 *
 * The two keyed prefix states are computed once, so that a NIR costs two block compressions. Nothing that is printed
 * may depend on the key: tokens order nothing and are shown nowhere but where a report names them on purpose.
 */

/** A key and the id by which rotation and reports tell keys apart; the id says nothing about the key. */
export interface PseudonymKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Shorter keys are refused: 256 bits is what the hash can use. */
export const MIN_KEY_BYTES = 32;

/** Domain separation: a token, or a NIR that is none, must not meet a NIR that has the same characters. */
export const PERSON_TOKEN = 't:';
export const PERSON_MALFORMED_NIR = 'n:';

/**
 * For runs that write no pseudonym anywhere (replay of a file to a report, tests): a key that anybody can know, so that
 * the same input gives the same state. Never for a detector that keeps state, an archive or a topic.
 */
export const PUBLIC_REPLAY_KEY: PseudonymKey = {
  id: 'public-replay',
  key: new TextEncoder().encode('vigie replay: this key is public and protects nothing'),
};

const BLOCK_BYTES = 64;

export class Pseudonymiser {
  readonly keyId: string;
  /** The 128 bits of the last call of {@link Pseudonymiser.tokenise}, as int32 words (big-endian order). */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  readonly #inner = new Int32Array(8);
  readonly #outer = new Int32Array(8);
  readonly #state = new Int32Array(8);

  constructor({ id, key }: PseudonymKey) {
    assert(key.length >= MIN_KEY_BYTES, `a pseudonym key has at least ${MIN_KEY_BYTES} bytes`);
    this.keyId = id;
    const padded = new Uint8Array(BLOCK_BYTES);
    if (key.length <= BLOCK_BYTES) padded.set(key);
    else padded.set(createHash('sha256').update(key).digest());
    this.#absorb(
      padded.map((byte) => byte ^ 0x36),
      SHA256_INITIAL,
      this.#inner,
    );
    this.#absorb(
      padded.map((byte) => byte ^ 0x5c),
      SHA256_INITIAL,
      this.#outer,
    );
    // The compression is our own code: prove it on this very key before anything rests on it.
    const probe = new TextEncoder().encode('a probe longer than one block of sixty-four bytes, to cover both paths');
    for (const length of [13, probe.length]) {
      this.tokenise(probe, 0, length);
      const expected = createHmac('sha256', key).update(probe.subarray(0, length)).digest();
      const same = [this.word0, this.word1, this.word2, this.word3].every((w, i) => w === expected.readInt32BE(4 * i));
      assert(same, 'HMAC-SHA-256 differs from node:crypto');
    }
  }

  /** HMAC of `bytes[start, end)`: its first 128 bits go into `word0` to `word3`. */
  tokenise(bytes: Uint8Array, start: number, end: number): void {
    const w = schedule;
    const state = this.#state;
    let i = start;
    let previous: Readonly<Int32Array> = this.#inner;
    for (; end - i >= BLOCK_BYTES; i += BLOCK_BYTES) {
      for (let j = 0; j < 16; j++) w[j] = word(bytes, i + 4 * j);
      compress(previous, state);
      previous = state;
    }
    const tail = end - i;
    w.fill(0, 0, 16);
    for (let j = 0; j < tail; j++) w[j >> 2] |= bytes[i + j] << (24 - 8 * (j & 3));
    w[tail >> 2] |= 0x80 << (24 - 8 * (tail & 3));
    if (tail >= BLOCK_BYTES - 8) {
      compress(previous, state);
      previous = state;
      w.fill(0, 0, 16);
    }
    // Length in bits, with the key's block in front; 32 bits of it are enough for a record of 64 KiB.
    w[15] = (BLOCK_BYTES + end - start) * 8;
    compress(previous, state);

    for (let j = 0; j < 8; j++) w[j] = state[j];
    w[8] = 0x80000000 | 0;
    for (let j = 9; j < 15; j++) w[j] = 0;
    w[15] = (BLOCK_BYTES + 32) * 8;
    compress(this.#outer, state);
    this.word0 = state[0];
    this.word1 = state[1];
    this.word2 = state[2];
    this.word3 = state[3];
  }

  #absorb(block: Uint8Array, from: Readonly<Int32Array>, into: Int32Array): void {
    for (let j = 0; j < 16; j++) schedule[j] = word(block, 4 * j);
    compress(from, into);
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];

/** Makes a {@link Pseudonymiser}; throws where the key is too short. */
export const createPseudonymiser = (key: PseudonymKey): Pseudonymiser => new Pseudonymiser(key);
