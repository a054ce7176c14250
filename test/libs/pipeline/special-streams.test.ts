import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import {
  ACTION_EXPORT,
  CLASS_MANAGER,
  isFollowUp,
  NIR_KEY_INVALID,
  NIR_KEY_VALID,
  PROFESSIONS,
} from '#libs/model/codes.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { StreamName } from '#libs/model/streams.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { createState, step } from '#libs/pipeline/index.ts';
import { outageCeiling } from '#libs/pipeline/portal-billing.ts';
import { hash32 } from './hash32.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';
import { anywhere, bornIn, endDay, natsOf, OPEN, people, START, scattered, watched, withFields } from './watched.ts';

/** What each special stream is moved by, and what must leave it alone: examples as data, through `step`. */

interface Example {
  readonly stream: StreamName;
  readonly what: string;
  readonly events: () => AccessEvent[];
  /** Nats afterwards. */
  readonly atLeast?: number;
  readonly below?: number;
}

const EXAMPLES: readonly Example[] = [
  {
    stream: 'closed_contract',
    what: 'a file copied years ago: every third contract has ended',
    events: () => people(OPEN, 60, scattered, (i) => ({ coverageEndDay: endDay(START) + (i % 3 === 0 ? -400 : 200) })),
    atLeast: 8,
  },
  {
    stream: 'closed_contract',
    what: 'one person in twenty has changed the job',
    events: () => people(OPEN, 60, scattered, (i) => ({ coverageEndDay: endDay(START) + (i % 20 === 7 ? -30 : 200) })),
    below: 3,
  },
  {
    stream: 'closed_contract',
    what: 'contracts without an end',
    events: () => people(OPEN, 60, scattered),
    below: 0.01,
  },
  {
    stream: 'identities',
    what: 'thirty days of birth tried on one NIR',
    events: () => people(OPEN, 30, 5000, (i) => ({ identity: 1 + i, personLo: 77, personHi: 78 })),
    atLeast: 20,
  },
  {
    stream: 'identities',
    what: 'ten families of five',
    events: () =>
      people(OPEN, 50, 5000, (i) => ({ identity: 1 + (i % 5), personLo: 100 + Math.floor(i / 5), personHi: 7 })),
    below: 0.01,
  },
  {
    stream: 'cadence',
    what: 'a robot that waits a minute and a few milliseconds',
    events: () => people(OPEN + 137, 40, (i) => 60_000 + (i % 7) * 300),
    atLeast: 20,
  },
  { stream: 'cadence', what: 'people as they come', events: () => people(OPEN, 80, scattered), below: 6 },
  {
    stream: 'cadence',
    what: 'a log that shows whole minutes',
    events: () => people(OPEN, 40, 5 * MINUTE),
    below: 0.01,
  },
  {
    stream: 'sorted_order',
    what: 'a list in the order of the NIR',
    events: () => people(OPEN, 24, scattered, (i) => bornIn(300, 69_123, 2 + i * 40)),
    atLeast: 12,
  },
  {
    stream: 'sorted_order',
    what: 'the youngest first, somebody else in between now and then',
    events: () =>
      people(OPEN, 60, scattered, (i) => bornIn(i % 8 === 7 ? (hash32(i) >>> 0) % 600 : 700 - i * 9, anywhere(i), i)),
    atLeast: 5,
  },
  {
    stream: 'sorted_order',
    what: 'a file by place of birth, in which each place has three people',
    events: () =>
      people(OPEN, 60, scattered, (i) => bornIn((hash32(i) >>> 0) % 600, 1001 + Math.floor(i / 3) * 4000, i * 7)),
    atLeast: 8,
  },
  {
    stream: 'sorted_order',
    what: 'people as they come',
    events: () => people(OPEN, 200, scattered, (i) => bornIn((hash32(i * 3) >>> 0) % 600, anywhere(i), i * 7)),
    below: 4,
  },
  {
    stream: 'sorted_order',
    what: 'couples',
    events: () =>
      people(OPEN, 60, scattered, (i) =>
        bornIn(((hash32(i >> 1) >>> 0) % 600) + (i & 1) * 5, (hash32(i >> 1) >>> 0) % 90_000, i),
      ),
    below: 4,
  },
  {
    stream: 'closed_hours',
    what: 'five nights',
    events: () =>
      [0, 1, 2, 3, 4].flatMap((d) =>
        people(START + d * DAY + HOUR, 5, 10 * MINUTE, () => ({}), { person: 600_000 + d }),
      ),
    atLeast: 3,
  },
  {
    stream: 'closed_hours',
    what: 'a night on duty, all of it',
    events: () => people(START + 30 * MINUTE, 30, 10 * MINUTE),
    below: 2.5,
  },
  {
    stream: 'round_the_clock',
    what: 'twenty-four hours without sleep',
    events: () => people(START, 48, 30 * MINUTE),
    atLeast: 4,
  },
  {
    stream: 'round_the_clock',
    what: 'a long day',
    events: () => people(START + 6 * HOUR, 28, 30 * MINUTE),
    below: 0.01,
  },
];

test.each(EXAMPLES)('$stream: $what', ({ stream, events, atLeast, below }) => {
  const state = watched();
  feed(state, events());
  const nats = natsOf(state, stream);
  if (atLeast !== undefined) expect(nats).toBeGreaterThanOrEqual(atLeast);
  if (below !== undefined) expect(nats).toBeLessThan(below);
});

describe('managers', () => {
  const PAYER = PROFESSIONS.indexOf('payer');
  const manager = { accountClass: CLASS_MANAGER, profession: PAYER, accountDepartment: 0 };
  /** Four weeks of ten calls a day about people of two insurers for whom a professional asked a prise en charge. */
  function withManager(): PipelineState {
    const state = freshState();
    for (let d = 0; d < 28; d++) {
      for (let i = 0; i < 10; i++) {
        const person = 300_000 + d * 10 + i;
        const time = MONDAY + d * DAY + 8 * HOUR + i * 11 * MINUTE;
        feed(state, [
          eventOf({ time, account: 1, person }),
          eventOf({ time: time + MINUTE, account: 1, person, action: 'claim' }),
          withFields(
            { time: time + 3 * MINUTE, account: 2, person, department: 1 + i * 9 },
            { ...manager, insurer: `M${i % 2}` },
          ),
        ]);
      }
    }
    return state;
  }
  const calls = (pec: boolean, insurer: (i: number) => string): AccessEvent[] =>
    Array.from({ length: 30 }, (_, i) => {
      const person = 310_000 + i;
      const time = OPEN + i * 17 * MINUTE;
      const claim = eventOf({ time: time - MINUTE, account: 1, person, action: 'claim' });
      const call = withFields({ time, account: 2, person, department: 1 + i }, { ...manager, insurer: insurer(i) });
      return pec ? [claim, call] : [call];
    }).flat();

  test('without a prise en charge: a list shows, calls about claims do not', () => {
    const thief = withManager();
    const honest = withManager();
    const own = (i: number) => `M${i % 2}`;
    const alerts = alertsOf(feed(thief, calls(false, own)));
    feed(honest, calls(true, own));
    expect(natsOf(thief, 'no_pec', 1)).toBeGreaterThan(15);
    expect(natsOf(honest, 'no_pec', 1)).toBe(0);
    expect(alerts.flatMap((alert) => alert.evidence.map((e) => e.name))).toContain('no_pec');
  });

  test('outside the own insurers: a sweep shows, a third insurer does not for long', () => {
    const thief = withManager();
    const honest = withManager();
    feed(
      thief,
      calls(true, (i) => `S${i}`),
    );
    feed(
      honest,
      calls(true, (i) => (i % 8 === 0 ? 'M9' : `M${i % 2}`)),
    );
    expect(natsOf(thief, 'other_insurer', 1)).toBeGreaterThan(12);
    expect(natsOf(honest, 'other_insurer', 1)).toBeLessThan(3);
  });

  test('a used-up quota asks for a second factor', () => {
    const state = withManager();
    const many = Array.from({ length: 400 }, (_, i) =>
      withFields({ time: OPEN + i * 20_000, account: 2, person: 320_000 + i }, { ...manager, insurer: 'M0' }),
    );
    const quota = alertsOf(feed(state, many)).filter((alert) => alert.account.id === 'PS-2');
    expect(quota.map((alert) => alert.rung)).toContain('step_up');
  });
});

describe('planted people', () => {
  const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
  const look = (person: number) => eventOf({ time: OPEN, person });
  const planted = look(424_242);
  const token = hex(planted.personLo) + hex(planted.personHi) + hex(0) + hex(0);

  test('one look-up suspends; anybody else does not', () => {
    const policy = defaultPolicy([{ path: 'streams.honeytokens', value: [token] }]).detection;
    const state = createState({ policy });
    feed(state, honestDays(28, 8));
    expect(alertsOf(feed(state, [look(424_243)]))).toEqual([]);
    const [alert] = alertsOf(feed(state, [eventOf({ time: OPEN + MINUTE, person: 424_242 })]));
    expect(alert).toMatchObject({
      kind: 'honeytoken',
      rung: 'suspend',
      evidence: [{ name: 'honeytoken', observed: 1 }],
    });
  });
});

describe('an account that wakes', () => {
  const wokenAfter = (days: number) => {
    const state = watched(14);
    feed(state, honestDays(days + 11, 8, 2, MONDAY));
    feed(state, [eventOf({ time: MONDAY + (11 + days) * DAY + 9 * HOUR, person: 900_001 })]);
    return state.accounts.wokeNats[0]!;
  };
  test('after two months is remarkable, after the summer holidays not', () => {
    expect(wokenAfter(60)).toBeGreaterThan(0.5);
    expect(wokenAfter(30)).toBe(0);
  });
});

describe('typing mistakes', () => {
  /** A number typed wrong `tries` times in its last digits, then right, `afterMs` later. */
  const slip = (i: number, tries: number, afterMs: number, key = NIR_KEY_INVALID): AccessEvent[] => {
    const time = OPEN + i * 20 * MINUTE;
    const prefix = 1_800_569_123;
    const order = 100 + i * 30;
    const wrong = Array.from({ length: tries }, (_, t) =>
      withFields(
        { time: time + t * 15_000, person: 700_000 + i * 10 + t, missed: true, prefix },
        { nirOrder: order + 1 + t, nirKey: key, nirYear: 80 },
      ),
    );
    const right = withFields(
      { time: time + tries * 15_000 + afterMs, person: 700_009 + i * 10, prefix },
      { nirOrder: order, nirKey: NIR_KEY_VALID, nirYear: 80 },
    );
    return [...wrong, right];
  };
  const evidenceOf = (events: readonly AccessEvent[]) => {
    const state = watched();
    feed(state, events);
    return { miss: natsOf(state, 'miss'), adjacency: natsOf(state, 'adjacency') };
  };

  test('that are corrected at once are no evidence', () => {
    const { miss, adjacency } = evidenceOf(slip(0, 2, 5000));
    expect(miss).toBeLessThan(0.5);
    expect(adjacency).toBe(0);
  });
  test('that nobody corrects are', () => {
    expect(evidenceOf(slip(0, 2, 30 * MINUTE)).miss).toBeGreaterThan(1);
  });
  test('numbers in a row with right keys are a sweep, however often one is found', () => {
    const sweep = Array.from({ length: 10 }, (_, i) =>
      slip(0, 2, 5000, NIR_KEY_VALID).map((event, t) =>
        Object.assign(event, {
          timeMs: OPEN + i * MINUTE + t * 1000,
          idLo: hash32(i * 10 + t + 99),
          personLo: hash32(i * 10 + t),
          personHi: i,
          nirOrder: 100 + i * 3 + t,
        }),
      ),
    ).flat();
    const { miss, adjacency } = evidenceOf(sweep);
    expect(miss).toBeGreaterThan(5);
    expect(adjacency).toBeGreaterThan(15);
  });
});

describe('sources', () => {
  test('one account that comes from another machine each time leaves new ones remarkable for its profession', () => {
    const nats = (hops: number): number => {
      const state = freshState();
      const accounts = Array.from({ length: 6 }, (_, a) => honestDays(28, 8, a + 1)).flat();
      feed(
        state,
        accounts.sort((a, b) => a.timeMs - b.timeMs),
      );
      feed(
        state,
        Array.from({ length: hops }, (_, i) =>
          eventOf({ time: START + 9 * HOUR + i * MINUTE, person: 800_000 + i, device: 100 + i }),
        ),
      );
      feed(state, [eventOf({ time: START + DAY + 9 * HOUR, account: 2, person: 900_000, device: 50 })]);
      return state.accounts.sourceNats[state.accountIds.indexOf('PS-2')]!;
    };
    expect(nats(1)).toBeGreaterThan(1);
    expect(nats(160)).toBeCloseTo(nats(1), 1);
  });
  test('a desk with twelve devices has no new one when an old one comes back', () => {
    const state = watched(0);
    const devices = (from: number) =>
      Array.from({ length: 12 }, (_, d) => eventOf({ time: from + d * MINUTE, person: 1 + d, device: d }));
    for (let day = 0; day < 20; day++) feed(state, devices(MONDAY + day * DAY + 9 * HOUR));
    const before = state.accounts.sourceMinute[0]!;
    feed(state, devices(MONDAY + 20 * DAY + 9 * HOUR));
    expect(state.accounts.sourceMinute[0]!).toBe(before);
    feed(state, [eventOf({ time: MONDAY + 20 * DAY + 10 * HOUR, person: 50, device: 99 })]);
    expect(state.accounts.sourceMinute[0]!).toBeGreaterThan(before);
  });
});

describe('quotas', () => {
  test('a busy day is held against an account once, not for four weeks', () => {
    const state = watched();
    // A screening day of 120 people who are never billed, then ordinary days again.
    const screening = people(OPEN, 120, 3 * MINUTE, () => ({}), {});
    const ordinary = honestDays(26, 8, 1, START + DAY);
    const rungs = alertsOf(feed(state, [...screening, ...ordinary])).filter(
      (alert) => alert.rung === 'throttle' && alert.status !== 'closed',
    );
    const days = new Set(rungs.map((alert) => endDay(alert.timeMs)));
    expect(days.size).toBeGreaterThanOrEqual(1);
    expect(days.size).toBeLessThanOrEqual(3);
  });
  test('an account larger than anybody expected is learnt, not throttled for ever', () => {
    const state = freshState();
    feed(state, honestDays(30, 8));
    const giant = honestDays(40, 90, 3, MONDAY);
    const throttled = alertsOf(feed(state, giant)).filter((alert) => alert.rung === 'throttle');
    const last = Math.max(0, ...throttled.map((alert) => alert.timeMs));
    expect(last).toBeLessThan(MONDAY + 21 * DAY);
  });
  test('one export beyond a day’s quota asks for a second factor, and states every row', () => {
    const state = watched();
    const bulk = withFields({ time: OPEN, person: 1 }, { action: ACTION_EXPORT, rows: 100_000, hasPerson: false });
    const alerts = alertsOf(feed(state, [bulk]));
    expect(alerts.map((alert) => alert.rung)).toContain('step_up');
    expect(alerts.at(-1)!.exposed).toBeGreaterThanOrEqual(100_000);
  });
});

describe('a billing outage', () => {
  /** What no-follow-up may be worth at 16 h of a day on which the first `silent` of thirty practices bill nobody. */
  const ceiling = (silent: number): number => {
    const state = freshState();
    const accounts = Array.from({ length: 30 }, (_, a) => a + 1);
    const inOrder = (events: AccessEvent[]) => events.sort((x, y) => x.timeMs - y.timeMs);
    feed(state, inOrder(accounts.flatMap((a) => honestDays(26, 12, a))));
    const bills = (event: AccessEvent) => isFollowUp(event.action);
    const today = accounts.flatMap((a) => honestDays(1, 90, a, START).filter((event) => a > silent || !bills(event)));
    feed(state, inOrder(today));
    step(state, { kind: 'tick', timeMs: START + 18 * HOUR });
    return outageCeiling(state);
  };
  test('explains accounts without follow-up when many are, not when one is', () => {
    expect(ceiling(20)).toBeLessThan(1);
    expect(ceiling(1)).toBeGreaterThan(6);
  });
});
