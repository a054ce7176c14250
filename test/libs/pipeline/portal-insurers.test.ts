import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { Alert } from '#libs/model/alert.ts';
import { CLASS_MANAGER } from '#libs/model/codes.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore, snapshot, step } from '#libs/pipeline/index.ts';
import { migrationShare, raisedShare } from '#libs/pipeline/portal-insurers.ts';
import { hash32 } from './hash32.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOME, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';

/** A portal of forty practices of eight people a day, watched for six weeks; then somebody goes through one insurer's people. */

const ACCOUNTS = 40;
const DAYS = 42;
const START = MONDAY + DAYS * DAY;
const MOVING = 'AMC-MOVING';
const OTHERS = 24;

const inOrder = (events: AccessEvent[]) => events.sort((a, b) => a.timeMs - b.timeMs);
const accounts = Array.from({ length: ACCOUNTS }, (_, i) => i + 1);
/** A market of many insurers, in which `share` of the people are with the one that moves. */
const insured = (event: AccessEvent, share: number): AccessEvent => {
  const draw = (hash32(event.personLo) >>> 0) % 100;
  return Object.assign(event, { insurer: draw < share ? MOVING : `AMC-${draw % OTHERS}` });
};
/** Days `from` up to `to`, everybody with people of their own. */
const ordinary = (from: number, to: number, share = 8) =>
  accounts.flatMap((a) =>
    honestDays(to, 8, a)
      .filter((event) => event.timeMs >= MONDAY + from * DAY)
      .map((event) => insured(event, share)),
  );

let kept: Uint8Array | undefined;
const CONFIG = { policy: freshState().policy.source };
/** The portal after six weeks: made once, copied for each test. */
function portal(): PipelineState {
  if (kept === undefined) {
    const state = freshState();
    feed(state, inOrder(ordinary(0, DAYS)));
    step(state, { kind: 'tick', timeMs: START });
    kept = snapshot(state);
  }
  return restore(kept, CONFIG);
}

interface Going {
  readonly who: readonly number[];
  readonly days: number;
  readonly people: number;
  /** Born at home unless from anywhere; from the usual machine unless from a new one. */
  readonly anywhere?: boolean;
  readonly device?: number;
  readonly insurer?: (i: number) => string;
}

/** Each account of `who` goes through its file of the insurer, `people` a day, and bills nobody. */
function going({ who, days, people, anywhere = false, device = 0, insurer = () => MOVING }: Going): AccessEvent[] {
  return who.flatMap((account) =>
    Array.from({ length: days * people }, (_, n) => {
      const day = Math.floor(n / people);
      const i = n % people;
      const person = 50_000_000 + account * 10_000 + n;
      const department = anywhere ? 1 + ((hash32(person) >>> 0) % 95) : (hash32(person) >>> 0) % 10 < 7 ? HOME : 38;
      const time = START + day * DAY + 8 * HOUR + i * 5 * MINUTE + ((hash32(person * 3) >>> 0) % (4 * MINUTE));
      return Object.assign(eventOf({ time, account, person, department, device }), { insurer: insurer(i) });
    }),
  );
}

/** Everybody's ordinary week beside it; what comes of it. */
function week(state: PipelineState, extra: readonly Going[], days = 5): Alert[] {
  const events = [...ordinary(DAYS, DAYS + days), ...extra.flatMap(going)];
  const alerts = alertsOf(feed(state, inOrder(events)));
  step(state, { kind: 'tick', timeMs: START + days * DAY - 2 * HOUR });
  return alerts;
}

const rowOf = (state: PipelineState, account: number): number => {
  const event = eventOf({ time: 0, account, person: 1 });
  expect(state.accountIndex.find(event.accountLo, event.accountHi)).toBe(true);
  const row = state.accountIndex.slots[state.accountIndex.at]!;
  return state.accounts.channelRow[row * 2]! - 1;
};
const shareOf = (state: PipelineState, account: number, atDay = 1): number =>
  migrationShare(state, rowOf(state, account), (START + atDay * DAY) / MINUTE - 1);
const of = (alerts: readonly Alert[], who: readonly number[], rung: Alert['rung']): string[] => [
  ...new Set(
    alerts.filter((a) => a.rung === rung && who.includes(Number(a.account.id.slice(3)))).map((a) => a.account.id),
  ),
];
const firstHalf = accounts.slice(0, ACCOUNTS / 2);

describe('an insurer moves its members', () => {
  test('half of the practices raise it: explained for them, and for nobody else', () => {
    const state = portal();
    week(state, [{ who: firstHalf, days: 1, people: 20 }], 1);
    expect(shareOf(state, 1)).toBeGreaterThan(0.3);
    expect(raisedShare(state, rowOf(state, 1))).toBeGreaterThan(0.6);
    expect(shareOf(state, 30)).toBe(0);
  });
  test('most of them are asked for nothing; without the explanation most are', () => {
    const moving = of(week(portal(), [{ who: firstHalf, days: 5, people: 20 }]), firstHalf, 'step_up').length;
    const each = { days: 5, people: 20 };
    // The same people with as many insurers as there are practices: nothing that the portal has in common.
    const apart = firstHalf.map((account) => ({ ...each, who: [account], insurer: () => `AMC-OWN-${account}` }));
    const alone = of(week(portal(), apart), firstHalf, 'step_up').length;
    expect(alone).toBeGreaterThan(firstHalf.length / 2);
    expect(moving).toBeLessThan(alone / 2);
  });
  test('it is over two weeks later', () => {
    const state = portal();
    week(state, [{ who: firstHalf, days: 2, people: 20 }], 2);
    expect(shareOf(state, 1, 8)).toBeGreaterThan(0.3);
    expect(shareOf(state, 1, 16)).toBe(0);
  });
  test('a snapshot knows it', () => {
    const state = portal();
    week(state, [{ who: firstHalf, days: 1, people: 20 }], 1);
    const copy = restore(snapshot(state), CONFIG);
    expect(shareOf(copy, 1)).toBe(shareOf(state, 1));
    expect(snapshot(copy)).toEqual(snapshot(state));
  });
});

describe('what it is not', () => {
  test('one thief with one insurer’s list', () => {
    const state = portal();
    const alerts = week(state, [{ who: [7], days: 2, people: 40 }], 2);
    expect(shareOf(state, 7, 2)).toBe(0);
    expect(of(alerts, [7], 'step_up')).toEqual(['PS-7']);
  });
  test('twelve with people from everywhere, or from new machines', () => {
    for (const thief of [{ anywhere: true }, { device: 9 }]) {
      const state = portal();
      const who = accounts.slice(0, 12);
      const alerts = week(state, [{ who, days: 2, people: 30, ...thief }], 2);
      expect(Math.max(...who.map((a) => shareOf(state, a, 2)))).toBe(0);
      expect(of(alerts, who, 'step_up').length).toBeGreaterThanOrEqual(who.length - 1);
    }
  });
  test('ten of forty accounts in league, from their own machines, gain no more than their quotas', () => {
    const state = portal();
    const who = accounts.slice(0, 10);
    const quota = Math.max(...who.map((a) => state.channels.quotaDay[rowOf(state, a)]!));
    const alerts = week(state, [{ who, days: 2, people: 120 }], 2);
    expect(shareOf(state, 1, 2)).toBeGreaterThan(0.1);
    expect(shareOf(state, 1, 2)).toBeLessThan(0.3);
    expect(of(alerts, who, 'throttle').length).toBe(who.length);
    for (const id of who.map((a) => `PS-${a}`)) {
      const first = alerts.find((a) => a.account.id === id && (a.rung === 'throttle' || a.rung === 'step_up'))!;
      expect(first.exposed).toBeLessThanOrEqual(quota + 1);
    }
  });
  test('an insurer with whom most people are anyway', () => {
    const state = freshState();
    feed(state, inOrder(ordinary(0, DAYS, 90)));
    const events = [...ordinary(DAYS, DAYS + 1, 90), ...going({ who: [7], days: 1, people: 40 })];
    feed(state, inOrder(events));
    expect(shareOf(state, 7)).toBe(0);
  });
  test('a manager’s own insurer', () => {
    const state = portal();
    const calls = firstHalf.flatMap((account) =>
      going({ who: [account], days: 1, people: 20 }).map((event) =>
        Object.assign(event, { accountClass: CLASS_MANAGER }),
      ),
    );
    feed(state, inOrder(calls));
    expect(shareOf(state, 1)).toBe(0);
  });
  test('the rest of a thief’s people, when he goes along with one', () => {
    const state = portal();
    const mixed = { who: [39], days: 1, people: 60, insurer: (i: number) => (i < 15 ? MOVING : `AMC-${i % OTHERS}`) };
    week(state, [{ who: firstHalf, days: 1, people: 20 }, mixed], 1);
    expect(shareOf(state, 39)).toBeGreaterThan(0.3);
    expect(raisedShare(state, rowOf(state, 39))).toBeLessThan(0.4);
  });
});
