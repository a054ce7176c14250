import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePolicy,
  createScore,
  dayQuota,
  hourQuota,
  isRecheckHour,
  rungsReached,
  scoreInto,
  sizeAllowance,
  unfollowedQuota,
} from '#libs/decide/index.ts';
import { CLASS_MANAGER, CLASS_PROFESSIONAL, CLASS_SOFTWARE } from '#libs/model/codes.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import {
  S_ADJACENCY,
  S_FOLLOW_1D,
  S_FOLLOW_3H,
  S_HONEYTOKEN,
  S_MISS,
  S_RATE,
  S_SORTED_ORDER,
  S_TERRITORY,
  S_UNSEEN,
  STREAM_COUNT,
} from '#libs/model/streams.ts';

const policy = compilePolicy(defaultPolicy().detection);
const NOTHING = { share: 0, ceiling: Number.POSITIVE_INFINITY };
const scoreOf = (nats: Record<number, number>, source = 0, accountClass = CLASS_PROFESSIONAL, explained = NOTHING) => {
  const columns = new Float32Array(STREAM_COUNT);
  for (const [s, value] of Object.entries(nats)) columns[Number(s)] = value;
  const score = createScore();
  scoreInto(score, columns, 0, source, 0, 0, 0, 10, 10, 10, explained.share, explained.ceiling, accountClass, policy);
  return score;
};

describe('score', () => {
  it('no stream is worth more than ten nats alone', () => {
    for (let s = 0; s < STREAM_COUNT; s++) {
      if (s === S_HONEYTOKEN) continue;
      const alone = scoreOf({ [s]: 1000 });
      expect(alone.total).toBeLessThanOrEqual(10);
    }
  });
  it('counts the strongest horizon of no-follow-up once', () => {
    const both = scoreOf({ [S_FOLLOW_3H]: 50, [S_FOLLOW_1D]: 50 });
    expect(both.total).toBe(Math.max(scoreOf({ [S_FOLLOW_3H]: 50 }).total, scoreOf({ [S_FOLLOW_1D]: 50 }).total));
  });
  it('volume is worth eight nats at most and opens no gate by rate alone', () => {
    expect(scoreOf({ [S_RATE]: 1000, [S_UNSEEN]: 1000 }).total).toBe(8);
    expect(scoreOf({ [S_RATE]: 1000 }).gate).toBe(false);
  });
  it('order is worth nothing among one’s own people, three nats among strangers, and never suspends', () => {
    expect(scoreOf({ [S_SORTED_ORDER]: 60, [S_UNSEEN]: 8 }).total).toBe(scoreOf({ [S_UNSEEN]: 8 }).total);
    const strangers = scoreOf({ [S_SORTED_ORDER]: 60, [S_TERRITORY]: 20 });
    const shuffled = scoreOf({ [S_TERRITORY]: 20 });
    expect(strangers.total).toBeCloseTo(shuffled.total + 3, 6);
    expect(strangers.who).toBe(shuffled.who);
    expect(scoreOf({ [S_SORTED_ORDER]: 60 }).gate).toBe(false);
  });
  it('opens no gate by people who are unbilled while little says that they are strangers', () => {
    const unbilled = { [S_FOLLOW_3H]: 60 };
    const some = { [S_TERRITORY]: 6 };
    expect(scoreOf({ ...unbilled, ...some }, 4).who).toBeGreaterThan(12);
    expect(scoreOf({ ...unbilled, ...some }, 4).gate).toBe(false);
    expect(scoreOf({ ...unbilled, ...some, [S_MISS]: 6 }).gate).toBe(true);
    expect(scoreOf({ [S_ADJACENCY]: 60 })).toMatchObject({ gate: true, conclusive: true });
    expect(scoreOf({ [S_TERRITORY]: 60 })).toMatchObject({ gate: true, conclusive: false });
  });
  it('what happens to the whole portal explains numbers, never seen and no follow-up of the people concerned, no more', () => {
    const nats = { [S_RATE]: 200, [S_UNSEEN]: 30, [S_FOLLOW_3H]: 50, [S_TERRITORY]: 20 };
    const of = (share: number, ceiling: number) => scoreOf(nats, 0, CLASS_PROFESSIONAL, { share, ceiling }).total;
    const territory = scoreOf({ [S_TERRITORY]: 20 }).total;
    expect(of(0, 1)).toBe(scoreOf(nats).total);
    expect(of(1, 1)).toBeCloseTo(territory + 1, 3);
    expect(of(1, 100)).toBe(scoreOf(nats).total);
    // Numbers and never seen of the other half stay under their own cap, no-follow-up is half.
    expect(of(0.5, 0.001)).toBeGreaterThan(territory + 5);
    expect(of(0.5, 0.001)).toBeLessThan(scoreOf(nats).total);
  });
  it('never falls when a stream rises, and is finite and bounded', () => {
    const nats = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
      minLength: STREAM_COUNT,
      maxLength: STREAM_COUNT,
    });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        nats,
        fc.nat(STREAM_COUNT - 1),
        fc.double({ min: 0, max: 50, noNaN: true }),
        share,
        (list, s, more, of) => {
          const explained = { share: of, ceiling: 2 * of };
          const low = scoreOf(Object.fromEntries(list.entries()), 0, CLASS_PROFESSIONAL, explained).total;
          const higher = Object.fromEntries(list.map((v, i) => [i, i === s ? v + more : v]));
          const high = scoreOf(higher, 0, CLASS_PROFESSIONAL, explained).total;
          expect(Number.isFinite(low)).toBe(true);
          expect(high).toBeGreaterThanOrEqual(low - 0.001);
          // Territory, miss, adjacency, no follow-up and four special streams at 10, volume 8, sources 4, hours 3 each …
          expect(high).toBeLessThanOrEqual(10 * 8 + 8 + 4 + 3 + 3 + 5 + 3 + 30);
        },
      ),
    );
  });
  it('a manager has no territory, a program no misses', () => {
    expect(scoreOf({ [S_TERRITORY]: 20 }, 0, CLASS_MANAGER).total).toBe(0);
    expect(scoreOf({ [S_MISS]: 20 }, 0, CLASS_SOFTWARE).total).toBe(0);
  });
});

describe('rungs', () => {
  const names = (bits: number) => ['alert', 'step_up', 'throttle', 'suspend'].filter((_, i) => (bits & (1 << i)) !== 0);
  it('need the gate to suspend', () => {
    expect(names(rungsReached(30, 30, true, false, false, policy))).toContain('suspend');
    expect(names(rungsReached(30, 30, false, false, false, policy))).not.toContain('suspend');
  });
  it('volume alone does not count for a suspension', () => {
    expect(names(rungsReached(30, 5, true, false, false, policy))).not.toContain('suspend');
    expect(scoreOf({ [S_TERRITORY]: 60, [S_RATE]: 60 }).who).toBe(scoreOf({ [S_TERRITORY]: 60 }).total);
  });
  it('a quota throttles whatever the score', () => {
    expect(names(rungsReached(0, 0, false, true, false, policy))).toEqual(['alert', 'throttle']);
    expect(names(rungsReached(0, 0, false, true, true, policy))).toEqual(['alert', 'step_up', 'throttle']);
  });
});

describe('quotas', () => {
  it('are whole people, at least one, in the account’s own scale', () => {
    const quota = defaultPolicy().detection.quota;
    expect(hourQuota(quota, 0.5, 0)).toBe(15);
    expect(hourQuota(quota, 0.5, 12)).toBe(28);
    expect(dayQuota(quota, 3.7)).toBe(41);
    expect(unfollowedQuota(quota, 0)).toBe(67);
  });
});

describe('re-check', () => {
  it('is an hour of known people, many for this account', () => {
    expect(isRecheckHour(60, 10, 2)).toBe(true);
    expect(isRecheckHour(10, 60, 1)).toBe(false);
    expect(isRecheckHour(60, 10, 15)).toBe(false);
  });
});

it('takes nothing off small accounts', () => {
  expect(sizeAllowance(5)).toBe(0);
  expect(sizeAllowance(200)).toBeCloseTo(1.34, 2);
});
