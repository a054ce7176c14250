import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy, createScore, mostOf, scoreInto } from '#libs/decide/index.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { S_FOLLOW_1D, S_FOLLOW_3H, S_MISS, S_MISS_SOURCE, S_RATE, STREAM_COUNT } from '#libs/model/streams.ts';

const policy = compilePolicy(defaultPolicy().detection);

describe('the most that evidence can be worth', () => {
  it('is never less than its score, and not much more than it where few streams speak', () => {
    const nats = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 60, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(nats, { minLength: STREAM_COUNT, maxLength: STREAM_COUNT }),
        fc.double({ min: 0, max: 12, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.integer({ min: 0, max: 2 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (evidence, source, allowance, accountClass, switched) => {
          const columns = Float32Array.from(evidence);
          const score = createScore();
          scoreInto(score, columns, 0, source, 0, allowance, switched, 10, 10, 10, 0, 10, accountClass, policy);
          expect(mostOf(columns, 0, source, allowance, accountClass, policy)).toBeGreaterThanOrEqual(score.total);
        },
      ),
      { numRuns: 2000 },
    );
  });
  it('counts two views of the same people once, and numbers for what they are worth', () => {
    const most = (of: Record<number, number>) => {
      const columns = new Float32Array(STREAM_COUNT);
      for (const [s, value] of Object.entries(of)) columns[Number(s)] = value;
      return mostOf(columns, 0, 0, 0, 0, policy);
    };
    expect(most({ [S_MISS]: 3, [S_MISS_SOURCE]: 3 })).toBeLessThan(3.1);
    expect(most({ [S_FOLLOW_3H]: 2, [S_FOLLOW_1D]: 2 })).toBeLessThan(2.1);
    // Thirty nats of it come once in a hundred honest months: a nat is no more than a sixth.
    expect(most({ [S_RATE]: 6 })).toBeLessThan(1);
  });
});
