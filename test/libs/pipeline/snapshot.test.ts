import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { DamagedSnapshot } from '#libs/base/snapshot.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore, restoring, snapshot, usePolicy } from '#libs/pipeline/index.ts';
import { alertsOf, DAY, feed, freshState, HOUR, honestDays, MONDAY, theft } from './traffic.ts';

const policy = defaultPolicy().detection;
const month = () => honestDays(30, 5);
const stolen = () => theft(MONDAY + 30 * DAY + 10 * HOUR, 60, 60, 'list');

test('restored in steps it is what it was, and no step has most of the work; damage is told before there is a state', () => {
  const state = freshState();
  feed(state, month());
  const bytes = snapshot(state);
  let steps = 0;
  let restored: PipelineState | undefined;
  for (const work = restoring(bytes, { policy }); restored === undefined; steps++) {
    const step = work.next();
    if (step.done) restored = step.value;
  }
  // One for each column at least.
  expect(steps).toBeGreaterThan(40);
  expect(Buffer.compare(snapshot(restored), bytes)).toBe(0);
  expect(alertsOf(feed(restored, stolen()))).toEqual(alertsOf(feed(state, stolen())));
  bytes[1000]! ^= 1;
  expect(() => [...restoring(bytes, { policy })]).toThrow(DamagedSnapshot);
});

test('another policy in the midst of a theft: as if a snapshot were restored with it', () => {
  const { thresholds } = policy;
  const lower: DetectionPolicy = {
    ...policy,
    digest: 'f'.repeat(64),
    thresholds: { ...thresholds, suspend: thresholds.suspend - 1 },
  };
  const [before, events] = [month(), stolen()];
  const feedWith = (swap: (state: PipelineState) => PipelineState) => {
    const state = freshState();
    feed(state, [...before, ...events.slice(0, 5)]);
    const swapped = swap(state);
    const alerts = alertsOf(feed(swapped, events.slice(5)));
    return { alerts, digest: createHash('sha256').update(snapshot(swapped)).digest('hex') };
  };
  const inPlace = feedWith((state) => {
    usePolicy(state, lower);
    return state;
  });
  expect(inPlace).toEqual(feedWith((state) => restore(snapshot(state), { policy: lower })));
  // It makes a difference, or nothing would be shown.
  expect(inPlace.alerts).not.toEqual(feedWith((state) => state).alerts);
});
