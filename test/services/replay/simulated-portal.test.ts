import { expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';
import { PairsSeen, SimulatedPortal } from '#services/replay/simulated-portal.ts';
import { sampleAction } from '../../support/sample-action.ts';
import { HOUR, T0 } from '../../support/sample-alert.ts';

const ACCOUNT = 'PS-000123';

function portalWith(newPerHour: number, isThief = false) {
  let pairs = new PairsSeen();
  let portal = new SimulatedPortal(newPerHour, () => isThief);
  const event = new AccessEvent();
  return {
    /** One look-up of `person`; true if the portal answers. */
    ask(person: number, timeMs = T0, account = ACCOUNT): boolean {
      Object.assign(event, {
        timeMs,
        accountId: account,
        accountLo: account.length,
        accountHi: account.charCodeAt(3),
        hasPerson: person > 0,
        personLo: Math.imul(person, 0x9e3779b1),
        personHi: person,
      });
      return portal.admits(event, pairs.see(event));
    },
    enforce(rung: RestrictingRung, untilMs = 0): void {
      portal.enforce({ ...sampleAction().plan, accountId: ACCOUNT, rung, untilMs }, pairs.now);
    },
    refused: () => portal.refused,
    cut(): void {
      const writer = new SnapshotWriter();
      pairs.save(writer);
      portal.save(writer);
      const reader = new SnapshotReader(writer.finish());
      pairs = new PairsSeen();
      pairs.load(reader);
      portal = new SimulatedPortal(newPerHour, () => isThief);
      portal.load(reader);
    },
  };
}

test('a suspended account is refused until a person gives it back, others are not', () => {
  const portal = portalWith(5);
  expect(portal.ask(1)).toBe(true);
  portal.enforce('suspend');
  expect([portal.ask(1), portal.ask(2, T0 + 1000 * HOUR), portal.ask(0)]).toEqual([false, false, false]);
  expect(portal.ask(1, T0, 'XX-000999')).toBe(true);
  expect(portal.refused()).toEqual({ suspend: 3, throttle: 0, step_up: 0 });
});

test('a throttled account goes on with people it knows, and n new ones an hour', () => {
  const portal = portalWith(2);
  for (const person of [1, 2, 3]) portal.ask(person);
  portal.enforce('throttle', T0 + 24 * HOUR);
  expect([1, 2, 3].map((p) => portal.ask(p))).toEqual([true, true, true]);
  expect([4, 5, 6, 7].map((p) => portal.ask(p))).toEqual([true, true, false, false]);
  // Admitted ones are known from then on; refused ones are still new, in whatever hour they come again.
  expect([4, 5, 6].map((p) => portal.ask(p))).toEqual([true, true, false]);
  portal.cut();
  expect([6, 7, 8].map((p) => portal.ask(p, T0 + HOUR))).toEqual([true, true, false]);
  expect(portal.ask(9, T0 + 24 * HOUR)).toBe(true);
  expect(portal.refused().throttle).toBe(4);
});

test('a throttle that is renewed goes on: the same hour, and who was new stays new', () => {
  const portal = portalWith(2);
  portal.enforce('throttle', T0 + 24 * HOUR);
  expect([1, 2, 3].map((p) => portal.ask(p))).toEqual([true, true, false]);
  portal.enforce('throttle', T0 + 42 * HOUR);
  expect([1, 3, 4].map((p) => portal.ask(p))).toEqual([true, false, false]);
  expect([3, 4, 5].map((p) => portal.ask(p, T0 + 41 * HOUR))).toEqual([true, true, false]);
});

test('the second factor stops a thief and lets the holder pass', () => {
  const thief = portalWith(5, true);
  thief.enforce('step_up', T0 + HOUR);
  expect([thief.ask(1), thief.ask(1, T0 + HOUR)]).toEqual([false, true]);
  const holder = portalWith(5, false);
  holder.enforce('step_up');
  expect(holder.ask(1)).toBe(true);
});
