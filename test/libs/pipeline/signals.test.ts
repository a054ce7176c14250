import { expect, test } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_CLAIM, NIR_KEY_INVALID, NIR_KEY_UNKNOWN, NIR_KEY_VALID } from '#libs/model/codes.ts';
import type { Output } from '#libs/model/input.ts';
import type { Signal } from '#libs/model/signal.ts';
import { REGISTER_BUCKETS } from '#libs/model/signal.ts';
import { restore, snapshot, step } from '#libs/pipeline/index.ts';
import { DAY, eventOf, feed, freshState, HOUR, honestDays, MONDAY, theft } from './traffic.ts';

const signalsOf = (outputs: readonly Output[]): Signal[] =>
  outputs.flatMap((output) => (output.kind === 'signal' ? [output.signal] : []));
const sourcesOf = (outputs: readonly Output[]) =>
  signalsOf(outputs).flatMap((signal) => (signal.signal === 'source' ? [signal] : []));
const risesOf = (outputs: readonly Output[]) =>
  signalsOf(outputs).flatMap((signal) => (signal.signal === 'rise' ? [signal] : []));

/** The day after a log's first week: what is met in that is everybody's own. */
const KNOWN = MONDAY + 7 * DAY;

/** A log of a week, and a day on a desk of its own after it: network 0 is the establishment's. */
const afterAWeek = () => {
  const state = freshState();
  feed(state, [eventOf({ time: MONDAY, account: 2, person: 1 }), onDesk(-3, 0), onDesk(-2, 30), onDesk(-1, 31, 9)]);
  return state;
};
function onDesk(day: number, desk: number, network = 0): AccessEvent {
  const event = eventOf({ time: KNOWN + day * DAY + 9 * HOUR + desk * 60_000, person: 1 + day });
  event.networkLo = 4711 + network;
  event.deviceLo = 1000 + desk;
  event.asn = 64_500;
  return event;
}

test('what an account begins with is not new; what comes later is told once, with what is new in it', () => {
  const outputs = feed(afterAWeek(), [
    onDesk(0, 0),
    onDesk(1, 0),
    onDesk(2, 1),
    onDesk(3, 1, 5),
    onDesk(4, 2, 6),
    onDesk(5, 2, 6),
    onDesk(5, 30, 9),
    onDesk(5, 31, 9),
  ]);
  expect(sourcesOf(outputs).map(({ network, device, whole }) => [network !== '', device !== '', whole])).toEqual([
    [false, true, false],
    [true, false, false],
    [true, true, true],
  ]);
  expect(sourcesOf(outputs)[0]).toMatchObject({
    timeMs: KNOWN + 2 * DAY + 9 * HOUR + 60_000,
    account: { id: 'PS-1', class: 'professional', profession: 'optician' },
    asn: 64_500,
  });
});

test('bills tell of no source: they go out from the road or by the program, and show nobody’s file', () => {
  const bill = onDesk(3, 4, 8);
  bill.action = ACTION_CLAIM;
  const state = afterAWeek();
  expect(sourcesOf(feed(state, [onDesk(2, 0), bill]))).toEqual([]);
  // But a thief who bills first is told of when he looks somebody up.
  const later = onDesk(3, 4, 8);
  later.timeMs += HOUR;
  const [told, ...more] = sourcesOf(feed(state, [later, onDesk(4, 4, 8)]));
  expect(told).toMatchObject({ whole: true, timeMs: later.timeMs });
  expect(more).toEqual([]);
});

test('an establishment with more desks than the last few tells of each once, not whenever it comes round again', () => {
  const rounds = Array.from({ length: 5 }, (_, round) => Array.from({ length: 20 }, (_, desk) => onDesk(round, desk)));
  expect(sourcesOf(feed(afterAWeek(), rounds.flat()))).toHaveLength(19);
});

test('a theft raises the score past each level once', () => {
  const outputs = feed(freshState(), [...honestDays(26, 4), ...theft(MONDAY + 28 * DAY + 9 * HOUR, 40, 30, 'list')]);
  const levels = risesOf(outputs)
    .filter(({ timeMs }) => timeMs >= MONDAY + 28 * DAY)
    .map(({ level }) => level);
  expect(levels.length).toBeGreaterThan(2);
  expect(levels).toEqual([...new Set(levels)].sort((a, b) => a - b));
  expect(levels.at(-1)).toBe(4);
  const [last] = risesOf(outputs).slice(-1);
  expect(last!.newPeople).toBeGreaterThan(last!.expectedPeople);
});

test('misses alone are not told: an insurer that does not answer makes everybody miss', () => {
  const failing = Array.from({ length: 12 }, (_, i) =>
    eventOf({ time: MONDAY + 28 * DAY + 9 * HOUR + i * 60_000, person: 50_000 + i, missed: true }),
  );
  const state = freshState();
  feed(state, honestDays(26, 4));
  step(state, { kind: 'tick', timeMs: MONDAY + 28 * DAY + 8 * HOUR });
  let highest = 0;
  state.observer = (_, score) => {
    highest = Math.max(highest, score);
  };
  const outputs = feed(state, failing);
  expect(highest).toBeGreaterThan(2);
  expect(risesOf(outputs)).toEqual([]);
});

test('people whom nobody follows up are not told: a billing program’s outage takes follow-ups from hundreds at once', () => {
  const state = freshState();
  feed(state, honestDays(26, 4));
  let highest = 0;
  state.observer = (_, score) => {
    highest = Math.max(highest, score);
  };
  // People from here, at the usual desk, but nobody is billed.
  const outputs = feed(
    state,
    Array.from({ length: 24 }, (_, i) =>
      eventOf({ time: MONDAY + (28 + Math.floor(i / 8)) * DAY + (9 + (i % 8)) * HOUR, person: 50_000 + i }),
    ),
  );
  step(state, { kind: 'tick', timeMs: MONDAY + 32 * DAY });
  expect(highest).toBeGreaterThan(2);
  expect(risesOf(outputs)).toEqual([]);
});

test('a number that nobody has is told where its key is right, by its register’s bucket and nothing else', () => {
  const asked = (person: number, prefix: number, nirKey: number, missed = true) =>
    Object.assign(eventOf({ time: MONDAY + person * HOUR, person, prefix, missed }), { nirKey });
  const misses = signalsOf(
    feed(freshState(), [
      asked(1, 1_750_175_056, NIR_KEY_VALID),
      asked(2, 1_750_175_056, NIR_KEY_VALID),
      asked(3, 2_801_269_388, NIR_KEY_VALID),
      asked(4, 1_750_175_056, NIR_KEY_INVALID),
      asked(5, 1_750_175_056, NIR_KEY_UNKNOWN),
      asked(6, 1_750_175_056, NIR_KEY_VALID, false),
    ]),
  ).flatMap((signal) => (signal.signal === 'miss' ? [signal] : []));
  expect(misses.map(({ timeMs }) => (timeMs - MONDAY) / HOUR)).toEqual([1, 2, 3]);
  const [first, second, third] = misses;
  expect(second!.register).toBe(first!.register);
  expect(second!.number).not.toBe(first!.number);
  expect(third!.register).not.toBe(first!.register);
  expect(Object.keys(first!).sort()).toEqual(['account', 'number', 'register', 'signal', 'timeMs']);
  for (const { register, number } of misses) {
    expect(register).toBeLessThan(REGISTER_BUCKETS);
    expect(number).toBeLessThan(65_536);
  }
});

test('a cut by snapshot and restore tells nothing twice', () => {
  const events = [
    ...Array.from({ length: 20 }, (_, desk) => onDesk(0, desk)),
    ...Array.from({ length: 20 }, (_, desk) => onDesk(1, desk)),
  ];
  const state = freshState();
  feed(state, events.slice(0, 20));
  const restored = restore(snapshot(state), { policy: state.policy.source });
  expect(sourcesOf(events.slice(20).flatMap((event) => step(restored, event)))).toEqual([]);
});
