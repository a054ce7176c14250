/** A portal's log on a real Kafka, services that work on it as processes, and what must be true of what they wrote. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { decodeEntry } from '#services/detector/journal-entry.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import {
  createPortalTopics,
  portalRecords,
  TEST_POLICY,
  undisturbedAlerts,
  writtenRecords,
} from '../../support/portal-log.ts';
import type { Installation, Strike } from './vigie-process.ts';
import { install, VigieProcess } from './vigie-process.ts';

export const PARTITIONS = 4;

const PATIENCE_MS = 90_000;

/** Opens a world of its own: topics, a configuration, and the records of a portal with thefts, not yet appended. */
export async function openWorld(
  log: EventLog,
  brokers: string,
  options: { readonly attacks?: number; readonly start?: string; readonly config?: Record<string, unknown> } = {},
) {
  const { config, ...portal } = options;
  const prefix = `d${randomUUID().slice(0, 8)}`;
  const topics = await createPortalTopics(log, prefix, PARTITIONS);
  return new DetectorWorld(log, topics, await install(brokers, prefix, config), portalRecords(topics.access, portal));
}

export class DetectorWorld {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly installation: Installation;
  readonly records: readonly NewRecord[];
  readonly #running: VigieProcess[] = [];

  constructor(log: EventLog, topics: TopicNames, installation: Installation, records: readonly NewRecord[]) {
    this.log = log;
    this.topics = topics;
    this.installation = installation;
    this.records = records;
  }

  start(service = 'detector', strike?: Strike): VigieProcess {
    const process = new VigieProcess(service, this.installation, [], strike);
    this.#running.push(process);
    return process;
  }

  async append(some: readonly NewRecord[]): Promise<void> {
    for (let at = 0; at < some.length; at += 2000) await this.log.append(some.slice(at, at + 2000));
  }

  /**
   * Waits until the alerts of an undisturbed fold of the same log are all there, for so long at most, and holds what was written against them: by id and content, each once, the journal without a gap. Gives the alerts.
   */
  async expectExactlyOnce({
    policy = TEST_POLICY,
    patienceMs = PATIENCE_MS,
  } = {}): Promise<ReadonlyMap<string, string>> {
    const { log, topics } = this;
    const expected = new Map([...(await undisturbedAlerts(log, topics, policy))].sort());
    expect(expected.size).toBeGreaterThan(5);
    const untilMs = Date.now() + patienceMs;
    let written = await writtenRecords(log, topics.alerts);
    while (written.length < expected.size && Date.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      written = await writtenRecords(log, topics.alerts);
    }
    expect(written.map(({ id }) => id).sort()).toEqual([...expected.keys()]);
    // Named, not shown: a finding is long.
    const different = written.filter(({ id, content }) => content !== expected.get(id)).map(({ id }) => id);
    expect(different).toEqual([]);
    const named = (await this.journal()).flatMap((entries) => {
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
      return entries.flatMap((entry) =>
        entry.kind === 'decided' || entry.kind === 'control' ? entry.alerts.map(([id, rev]) => `${id}:${rev}`) : [],
      );
    });
    expect(named.sort()).toEqual([...expected.keys()]);
    return expected;
  }

  /** Numbered entries of the journal, by partition. */
  async journal() {
    const { log, topics } = this;
    const bounds = await log.bounds(topics.journal);
    const entries = bounds.map((): Exclude<ReturnType<typeof decodeEntry>, { kind: 'opened' }>[] => []);
    const from = new Map(bounds.map((b) => [b.partition, b.first]));
    for await (const batch of log.read({ topic: topics.journal, from })) {
      for (const record of batch.records) {
        const entry = decodeEntry(record.value);
        if (entry.kind !== 'opened') entries[batch.partition]!.push(entry);
      }
    }
    return entries;
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    for (const process of this.#running) {
      process.child.kill('SIGCONT');
      await process.signal('SIGKILL');
    }
  }
}
