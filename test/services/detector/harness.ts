import { MemoryCheckpoints } from '#libs/adapters/memory/checkpoints.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { Pseudonymiser } from '#libs/intake/index.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import type { Detector, DetectorParts } from '#services/detector/detector.ts';
import { startDetector } from '#services/detector/detector.ts';
import type { JournalEntry } from '#services/detector/journal-entry.ts';
import { decodeEntry } from '#services/detector/journal-entry.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { createPortalTopics, portalRecords, TEST_KEY, TEST_POLICY, TEST_SOURCE } from '../../support/portal-log.ts';
import { recordEvents } from '../../support/recorded-events.ts';

export const PARTITIONS = 3;
const RECORDS = portalRecords('p.access');

export async function portal() {
  const log = openMemoryLog({ nowMs: () => 0 });
  const topics = await createPortalTopics(log, 'p', PARTITIONS);
  return { log, topics, records: RECORDS, checkpoints: new MemoryCheckpoints() };
}

/** A detector of the tests, with its events and its end. */
export async function detector(log: EventLog, topics: TopicNames, over: Partial<DetectorParts> = {}) {
  const recorded = recordEvents();
  const failed = Promise.withResolvers<Error>();
  const running: Detector = await startDetector({
    log,
    topics,
    checkpoints: new MemoryCheckpoints(),
    pseudonymiser: new Pseudonymiser(TEST_KEY),
    policy: TEST_POLICY,
    group: 'p.detector',
    instance: 'test',
    checkpointEveryMs: 3_600_000,
    source: TEST_SOURCE,
    clock: { nowMs: () => 0 },
    events: recorded.events,
    failed: failed.resolve,
    ...over,
  });
  return { ...recorded, failed: failed.promise, stop: () => running.stop() };
}

export async function journal(log: EventLog, topics: TopicNames): Promise<JournalEntry[][]> {
  const bounds = await log.bounds(topics.journal);
  const entries: JournalEntry[][] = bounds.map(() => []);
  for await (const batch of log.read({
    topic: topics.journal,
    from: new Map(bounds.map((b) => [b.partition, b.first])),
  })) {
    for (const record of batch.records) entries[batch.partition]!.push(decodeEntry(record.value));
  }
  return entries;
}

/** Numbers of the entries of each partition, for "no gap". */
export const numbers = (entries: readonly JournalEntry[]): number[] =>
  entries.flatMap((entry) => (entry.kind === 'opened' ? [] : [entry.seq]));

/** Waits until `done` says so; the test's own time limit ends a wait in vain. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5));
}
