import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPseudonymiser, MIN_KEY_BYTES, PUBLIC_REPLAY_KEY } from '#libs/intake/pseudonymise.ts';

describe('pseudonymise', () => {
  it('equals the first 128 bits of createHmac for any key and message', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: MIN_KEY_BYTES, maxLength: 150 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(7),
        (key, message, offset) => {
          const pseudonymiser = createPseudonymiser({ id: 'k', key });
          const buffer = new Uint8Array(offset + message.length + 3).fill(0xee);
          buffer.set(message, offset);
          pseudonymiser.tokenise(buffer, offset, offset + message.length);
          const expected = createHmac('sha256', key).update(message).digest();
          const { word0, word1, word2, word3 } = pseudonymiser;
          expect([word0, word1, word2, word3]).toEqual([0, 4, 8, 12].map((at) => expected.readInt32BE(at)));
        },
      ),
    );
  });

  it('covers every length around the block boundaries', () => {
    const pseudonymiser = createPseudonymiser(PUBLIC_REPLAY_KEY);
    const message = new Uint8Array(200).map((_, i) => i * 37);
    for (let length = 0; length <= message.length; length++) {
      pseudonymiser.tokenise(message, 0, length);
      const expected = createHmac('sha256', PUBLIC_REPLAY_KEY.key).update(message.subarray(0, length)).digest();
      expect(pseudonymiser.word0, `length ${length}`).toBe(expected.readInt32BE(0));
      expect(pseudonymiser.word3, `length ${length}`).toBe(expected.readInt32BE(12));
    }
  });

  it('refuses a short key without showing it', () => {
    const key = new TextEncoder().encode('hunter2');
    expect(() => createPseudonymiser({ id: 'k', key })).toThrow('at least 32 bytes');
  });
});
