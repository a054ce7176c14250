import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyedQueue } from '#services/responder/keyed-queue.ts';

it('works in order for each key, for as many keys at a time as it is wide, and never for more', async () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 6 }), turns: fc.integer({ min: 0, max: 4 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (steps, width) => {
      const queue = new KeyedQueue(width);
      const done = new Map<number, number[]>();
      let running = 0;
      let most = 0;
      for (const [i, { key, turns }] of steps.entries()) {
        void queue.run(key.toString(), async () => {
          running += 1;
          most = Math.max(most, running);
          for (let n = 0; n < turns; n += 1) await turn();
          done.set(key, [...(done.get(key) ?? []), i]);
          running -= 1;
        });
        if (turns === 0) await turn();
      }
      await queue.idle();
      expect(most).toBeLessThanOrEqual(width);
      expect([...done.values()].flat()).toHaveLength(steps.length);
      for (const order of done.values()) expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});

it('goes on after work that throws, for its key and for the others', async () => {
  const queue = new KeyedQueue(1);
  await expect(queue.run('a', () => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
  expect(await Promise.all(['a', 'b'].map((key) => queue.run(key, async () => key)))).toEqual(['a', 'b']);
});
