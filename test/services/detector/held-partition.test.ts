import { expect, test } from 'vitest';
import { createState } from '#libs/pipeline/index.ts';
import { FencedError } from '#libs/ports/event-log.ts';
import { NO_TRACER } from '#libs/telemetry/in-span.ts';
import type { DetectorEvents } from '#services/detector/events.ts';
import type { HeldParts } from '#services/detector/held-partition.ts';
import { HeldPartition } from '#services/detector/held-partition.ts';
import { TEST_POLICY } from '../../support/portal-log.ts';

test('what waits behind a write that found another instance in its place is fenced too, and never folded', async () => {
  const writing = Promise.withResolvers<void>();
  let folded = 0;
  const fold = {
    hasUnwritten: true,
    isWhole: true,
    caughtUp: false,
    current: { state: createState({ policy: TEST_POLICY }) },
    flush: () => writing.promise,
    fold: async () => {
      folded += 1;
    },
  };
  const parts: HeldParts = {
    topic: 'portal.access',
    partition: 0,
    keyId: 'k',
    fold: fold as unknown as HeldParts['fold'],
    writer: { close: async () => {} } as unknown as HeldParts['writer'],
    controls: {} as unknown as HeldParts['controls'],
    checkpoints: {} as unknown as HeldParts['checkpoints'],
    memory: {} as unknown as HeldParts['memory'],
    events: { stateMeasured() {}, partitionReleased() {} } as unknown as DetectorEvents,
    nowMs: () => 0,
    spans: { tracer: NO_TRACER },
    commit: async () => {},
  };
  const held = new HeldPartition(parts, -1, false);
  const batch = { topic: 'portal.access', partition: 0, records: [], next: 1, end: 9 };
  await held.batch(batch);
  expect(folded).toBe(1);
  const flushed = held.flush();
  const behind = held.batch({ ...batch, next: 2 });
  const fenced = new FencedError('detector.portal.access.0');
  writing.reject(fenced);
  await expect(flushed).rejects.toBe(fenced);
  await expect(behind).rejects.toBe(fenced);
  expect(folded).toBe(1);
  await held.release();
});
