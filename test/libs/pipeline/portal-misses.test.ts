import { expect, it } from 'vitest';
import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import { S_MISS } from '#libs/model/streams.ts';
import { DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';

const ACCOUNTS = 30;
const outage = MONDAY + 21 * DAY + 9 * HOUR;

/** Three weeks of thirty practices, then an hour in which the given share of them meets only misses. */
function missesOf(missing: number): number {
  const state = freshState();
  const weeks = Array.from({ length: ACCOUNTS }, (_, a) => honestDays(21, 4, a + 1)).flat();
  feed(
    state,
    weeks.sort((a, b) => a.timeMs - b.timeMs),
  );
  const hour = Array.from({ length: ACCOUNTS * 6 }, (_, i) =>
    eventOf({
      time: outage + Math.floor(i / ACCOUNTS) * 4 * MINUTE + (i % ACCOUNTS) * 1000,
      account: (i % ACCOUNTS) + 1,
      person: 5_000_000 + i,
      missed: i % ACCOUNTS < missing,
    }),
  );
  feed(state, hour);
  return state.channels.nats[S_MISS + 0 * STREAM_ROOM]!;
}

it('when everybody misses, a miss says nothing of the account that made it', () => {
  expect(missesOf(ACCOUNTS)).toBeLessThan(5);
});

it('when one account misses, it is that account', () => {
  expect(missesOf(1)).toBeGreaterThan(8);
});
