import { expect, test } from 'vitest';
import { groupOf } from '#libs/baseline/group.ts';
import { shrunk, withBaseline } from '#libs/baseline/peers.ts';
import { T_WITHOUT_3H, TRAIT_COUNT } from '#libs/baseline/traits.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { DEPARTMENTS } from '#libs/model/departments.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { learntPeers } from '#libs/pipeline/baseline-learnt.ts';
import { startState } from '#libs/pipeline/baseline-start.ts';
import { createState, restore, snapshot, step } from '#libs/pipeline/index.ts';
import { DAY, feed, freshState, HOME, HOUR, honestDays, MONDAY, theft } from './traffic.ts';

const policy = defaultPolicy().detection;
const OPTICIANS = groupOf(0, 2, 0);

/** Eight practices' weeks; each has its own size. */
function practices(days: number, from: number, first = 1): AccessEvent[] {
  return Array.from({ length: 8 }, (_, i) => honestDays(days, 3 + i, first + i, from))
    .flat()
    .sort((a, b) => a.timeMs - b.timeMs);
}

const archive = practices(42, MONDAY);
const live = [
  ...practices(14, MONDAY + 42 * DAY),
  ...theft(MONDAY + 45 * DAY + 9 * HOUR, 60, 40, 'list', 3),
  ...theft(MONDAY + 47 * DAY + 9 * HOUR, 40, 60, 'sweep', 5),
].sort((a, b) => a.timeMs - b.timeMs);

/** What a state of eight practices has taught, as a policy that starts from it. */
function taughtBy(events: readonly AccessEvent[]) {
  const state = freshState();
  feed(state, events);
  const learnt = learntPeers(state);
  return { state, learnt, policy: withBaseline(policy, { digest: 'a'.repeat(64), ...learnt }) };
}

test('a run that goes on from the state says byte for byte what one says that read all of the log', () => {
  const whole = createState({ policy });
  feed(whole, archive);
  const bytes = snapshot(whole);
  const expected = feed(whole, live);
  expect(expected.filter((output) => output.kind === 'alert').length).toBeGreaterThan(3);
  const resumed = restore(bytes, { policy });
  expect(JSON.stringify(feed(resumed, live))).toBe(JSON.stringify(expected));
  expect(Buffer.compare(snapshot(resumed), snapshot(whole))).toBe(0);
});

test('a state at its beginning expects of groups and areas what the archive has shown', () => {
  const { learnt, policy: taught } = taughtBy(archive);
  expect(learnt.groups.map((g) => [g.class, g.profession, g.channel, g.accounts])).toEqual([
    ['professional', 'optician', 'web', 8],
  ]);
  const [opticians] = learnt.groups;
  expect(opticians!.followed).toBe(true);
  expect(opticians!.traits.without_3h!.mean).toBeGreaterThan(0.2);
  expect(opticians!.traits.without_3h!.mean).toBeLessThan(0.5);
  const hours = opticians!.week.monday;
  expect(hours[9]!).toBeGreaterThan(10 * hours[3]!);
  expect(learnt.areas.map((a) => a.department)).toEqual([DEPARTMENTS[HOME]]);
  expect(learnt.areas[0]!.births[DEPARTMENTS[HOME]!]).toBeGreaterThan(0.7);

  const cold = freshState();
  const started = startState({ policy: taught });
  const at = OPTICIANS * TRAIT_COUNT + T_WITHOUT_3H;
  expect(cold.groups.traitMean[at]).toBe(0.75);
  expect(started.groups.traitMean[at]!).toBeLessThan(0.55);
  expect(started.groups.followed[OPTICIANS]).toBe(1);
  expect(started.groups.shape[OPTICIANS * 168 + 4 * 24 + 9]!).toBeGreaterThan(
    10 * started.groups.shape[OPTICIANS * 168 + 4 * 24 + 3]!,
  );
  // It remembers nobody, so it expects all people that come and not only those that the archive's accounts saw anew.
  expect(started.groups.perDay[OPTICIANS]).toBe(opticians!.daily!.people);
  expect(opticians!.daily!.people).toBeGreaterThan(opticians!.daily!.fresh);
});

test('a list stolen in the first hours of a new installation is stopped sooner', () => {
  const { policy: taught } = taughtBy(archive);
  const suspendedAfter = (state: ReturnType<typeof freshState>) => {
    // Half a day of everybody's work, then the theft of an account that nobody has seen before.
    feed(state, practices(1, MONDAY, 20));
    const stolen = theft(MONDAY + DAY + 9 * HOUR, 200, 60, 'list', 30);
    return stolen.findIndex((event) =>
      step(state, event).some((output) => output.kind === 'alert' && output.alert.rung === 'suspend'),
    );
  };
  const warm = suspendedAfter(startState({ policy: taught }));
  const cold = suspendedAfter(freshState());
  expect(warm).toBeGreaterThan(0);
  expect(warm).toBeLessThan(cold === -1 ? 200 : cold);
});

test('what the own accounts show outweighs the file: after weeks a wrong baseline has lost', () => {
  const { learnt } = taughtBy(archive);
  const [opticians] = learnt.groups;
  const wrong = {
    ...opticians!,
    daily: { fresh: 200, people: 200, accounts: 50 },
    traits: { ...opticians!.traits, without_3h: { mean: 0.05, strength: 20, accounts: 50 } },
  };
  const state = startState({ policy: withBaseline(policy, { digest: 'b'.repeat(64), groups: [wrong], areas: [] }) });
  const at = OPTICIANS * TRAIT_COUNT + T_WITHOUT_3H;
  feed(state, practices(3, MONDAY));
  const early = state.groups.traitMean[at]!;
  expect(early).toBeLessThan(0.1);
  feed(state, practices(39, MONDAY + 3 * DAY));
  const right = opticians!.traits.without_3h!.mean;
  // Eight accounts against the ten that a file counts for at most.
  expect(state.groups.traitMean[at]).toBeCloseTo((8 * right + 10 * 0.05) / 18, 1);
  expect(state.groups.perDay[OPTICIANS]!).toBeLessThan(150);
  // An account that has worked its weeks is expected what it did.
  expect(state.channels.perDay[0]!).toBeLessThan(50);
  expect(shrunk(3, 90, 200, 50)).toBeCloseTo(22.7, 1);
  expect(shrunk(3, 0, 200, 50)).toBe(200);
});

test('groups of fewer than five accounts are left out: they would be persons', () => {
  const few = archive.filter((event) => Number(event.accountId.slice(3)) <= 4);
  const { learnt } = taughtBy(few);
  expect(learnt).toEqual({ groups: [], areas: [] });
});

test('the learnt part holds no account, no person and no token of either', () => {
  const { learnt, state } = taughtBy(archive);
  const text = JSON.stringify(learnt);
  for (const id of state.accountIds) expect(text).not.toContain(id);
  for (const event of archive.slice(0, 500)) {
    for (const word of [event.personLo, event.personHi, event.accountLo, event.networkLo, event.deviceLo]) {
      expect(text).not.toContain(String(word));
    }
  }
});
