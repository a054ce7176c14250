import { expect, test } from 'vitest';
import { Moments } from '#services/demo/moments.ts';

test('the deciding request is the account’s own of that event time', () => {
  const moments = new Moments();
  moments.note('a', 100, 1);
  moments.note('b', 100, 2);
  moments.note('a', 101, 3);
  expect(moments.wallMsOf('b', 100)).toBe(2);
});

test('where time itself decided, it is the first request after it', () => {
  const moments = new Moments();
  moments.note('a', 90, 1);
  moments.note('b', 110, 2);
  moments.note('a', 120, 3);
  expect(moments.wallMsOf('a', 100)).toBe(2);
});

test('what is too long ago, or still to come, has no moment', () => {
  const moments = new Moments();
  expect(moments.wallMsOf('a', 1)).toBeUndefined();
  for (let i = 0; i < 5000; i++) moments.note('a', i, i);
  expect(moments.wallMsOf('a', 6000)).toBeUndefined();
  expect(moments.wallMsOf('a', 4999)).toBe(4999);
  // 100 has left the ring: the oldest that is still in it is the best answer.
  expect(moments.wallMsOf('a', 100)).toBe(5000 - 4096);
});
