import { setTimeout as delay } from 'node:timers/promises';
import type { Tracer } from '@opentelemetry/api';
import { assert } from '#libs/base/assert.ts';
import type { OcsfSource } from '#libs/formats/ocsf/index.ts';
import type { Decoder, Pseudonymiser } from '#libs/intake/index.ts';
import { createDecoder } from '#libs/intake/index.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { CheckpointStore } from '#libs/ports/checkpoints.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { Consuming, EventLog, LogBatch } from '#libs/ports/event-log.ts';
import { FencedError, TopicMissingError } from '#libs/ports/event-log.ts';
import { CheckpointMemory } from './checkpoint.ts';
import { ControlFeed } from './control-feed.ts';
import type { DetectorEvents } from './events.ts';
import type { FirstState } from './first-state.ts';
import type { HeldPartition } from './held-partition.ts';
import { JournalTail } from './journal-tail.ts';
import { partitionsChanged } from './open-partition.ts';
import { takePartition } from './take-partition.ts';
import type { TopicNames } from './topics.ts';

/** After being fenced, the group must have told within this time that the partition is another's; else something is wrong. */
const FENCED_PATIENCE_MS = 60_000;

const FLUSH_EVERY_MS = 2000;

export interface DetectorParts {
  readonly log: EventLog;
  readonly checkpoints: CheckpointStore;
  readonly pseudonymiser: Pseudonymiser;
  readonly policy: DetectionPolicy;
  /** What partitions begin with that nobody has folded before (a baseline's state); from nothing where not given. */
  readonly firstState?: FirstState | undefined;
  readonly topics: TopicNames;
  readonly group: string;
  /** Names this instance in the journal. */
  readonly instance: string;
  readonly checkpointEveryMs: number;
  /** So long signals and dead letters may wait for company, ms; 2000 where not given. */
  readonly flushEveryMs?: number;
  readonly source: OcsfSource;
  readonly clock: Clock;
  readonly events: DetectorEvents;
  /** Traces of batches; none where not given. */
  readonly tracer?: Tracer;
  /** The detector has come to an end by itself and holds nothing any more. */
  readonly failed: (error: Error) => void;
}

export interface Detector {
  /** Finishes what is in hand, puts the states down and leaves the group. */
  stop(): Promise<void>;
}

/** Starts a detector: it takes its share of the access log's partitions and works until it is stopped. */
export async function startDetector(parts: DetectorParts): Promise<Detector> {
  const detector = new PartitionedDetector(parts, await accessPartitions(parts));
  await detector.start();
  return detector;
}

/** Number of partitions of the access log, all topics being there and fitting together. Errors: {@link TopicMissingError}. */
async function accessPartitions({ log, topics }: DetectorParts): Promise<number> {
  const { access, alerts, controls, journal, signals, deadLetter } = topics;
  const needed = [access, alerts, controls, journal, signals, deadLetter];
  const counts = await log.partitionCounts(needed);
  for (const name of needed) if (!counts.has(name)) throw new TopicMissingError(name);
  const partitions = counts.get(access)!;
  assert(counts.get(journal) === partitions, `${journal} needs as many partitions as ${access}: ${partitions}`);
  assert(counts.get(signals) === partitions, `${signals} needs as many partitions as ${access}: ${partitions}`);
  assert(counts.get(controls) === 1, `${controls} needs exactly one partition`);
  return partitions;
}

class PartitionedDetector implements Detector {
  readonly #parts: DetectorParts;
  readonly #partitions: number;
  readonly #decoder: Decoder;
  readonly #tail: JournalTail;
  readonly #controls: ControlFeed;
  readonly #held = new Map<number, HeldPartition>();
  readonly #memory = new CheckpointMemory();
  readonly #stopping = new AbortController();
  readonly #fencedTimers = new Map<number, NodeJS.Timeout>();
  #consuming: Consuming | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  #started: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #checkpointing: Promise<void> = Promise.resolve();
  #isOver: boolean = false;

  constructor(parts: DetectorParts, partitions: number) {
    this.#parts = parts;
    this.#partitions = partitions;
    this.#decoder = createDecoder({ pseudonymiser: parts.pseudonymiser });
    const failed = (error: Error) => this.#fail(error);
    this.#tail = new JournalTail(parts.log, parts.topics.journal, partitions, failed);
    this.#controls = new ControlFeed(parts.log, parts.topics.controls, partitions, {
      arrived: (partition) => void this.#guard(partition, this.#held.get(partition)?.settle()),
      rejected: (offset) => parts.events.controlRejected({ offset }),
      failed,
    });
  }

  /** Takes its part of the work; a failure on the way ends what was begun. */
  start(): Promise<void> {
    this.#started = this.#start();
    return this.#started.catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #start(): Promise<void> {
    const { log, group, topics, checkpointEveryMs, flushEveryMs = FLUSH_EVERY_MS } = this.#parts;
    await this.#tail.start();
    await this.#controls.start();
    this.#consuming = await log.consume({
      group,
      topic: topics.access,
      // A record becomes numbers and strings of our own in the fold.
      isLent: true,
      handler: {
        assigned: (partition) => this.#open(partition),
        batch: (batch) => this.#batch(batch),
        revoked: (partition) => this.#release(partition),
        failed: (error) => this.#fail(error),
      },
    });
    this.#checkpointing = this.#checkpointInTurns(checkpointEveryMs);
    this.#flushTimer = setInterval(() => {
      for (const [partition, held] of this.#held) void this.#guard(partition, held.flush());
    }, flushEveryMs);
  }

  async #stop(): Promise<void> {
    this.#isOver = true;
    await this.#started.catch(() => {});
    this.#stopping.abort();
    clearInterval(this.#flushTimer);
    for (const timer of this.#fencedTimers.values()) clearTimeout(timer);
    await this.#checkpointing;
    await this.#consuming?.stop();
    await this.#controls.stop();
    await this.#tail.stop();
  }

  async #open(partition: number): Promise<number> {
    // The topic has grown under this detector.
    if (partition >= this.#partitions)
      throw partitionsChanged(this.#parts.topics.access, this.#partitions, partition + 1);
    const { events, clock } = this.#parts;
    const begunMs = clock.nowMs();
    clearTimeout(this.#fencedTimers.get(partition));
    this.#fencedTimers.delete(partition);
    try {
      const { held, next, checkpoint, toRedo } = await takePartition({
        ...this.#parts,
        tail: this.#tail,
        controls: this.#controls,
        decoder: this.#decoder,
        memory: this.#memory,
        partition,
        partitions: this.#partitions,
        commit: async (p, offset) => this.#consuming?.commit(p, offset),
      });
      this.#held.set(partition, held);
      // A control that came since the taking looked for them, and found nobody holding the partition.
      void this.#guard(partition, held.settle());
      const tookMs = clock.nowMs() - begunMs;
      events.partitionOpened({ partition, from: next, checkpoint, tookMs, toRedo });
      return next;
    } catch (error) {
      events.partitionNotOpened({ partition, error });
      throw error;
    }
  }

  async #batch(batch: LogBatch): Promise<void> {
    try {
      await this.#held.get(batch.partition)?.batch(batch);
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      this.#fenced(batch.partition, error);
    }
  }

  async #release(partition: number): Promise<void> {
    clearTimeout(this.#fencedTimers.get(partition));
    this.#fencedTimers.delete(partition);
    const held = this.#held.get(partition);
    this.#held.delete(partition);
    if (held === undefined) return;
    try {
      await held.checkpoint();
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      this.#parts.events.partitionFenced({ partition });
    } finally {
      await held.release();
    }
  }

  /** Another instance has the partition; the group will say so soon, or, when it was this one that slept, has said so already. */
  #fenced(partition: number, error: FencedError): void {
    const held = this.#held.get(partition);
    if (held === undefined) return;
    this.#held.delete(partition);
    this.#parts.events.partitionFenced({ partition });
    void held.release().catch(() => {});
    this.#fencedTimers.set(
      partition,
      setTimeout(() => this.#fail(error), FENCED_PATIENCE_MS),
    );
  }

  /** Each partition once in that time, one after the other: all at once they would hold up everything together. */
  async #checkpointInTurns(everyMs: number): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const partitions = [...this.#held.keys()];
      if (partitions.length === 0) await delay(everyMs, undefined, { signal }).catch(() => {});
      for (const partition of partitions) {
        await delay(everyMs / partitions.length, undefined, { signal }).catch(() => {});
        if (signal.aborted) return;
        await this.#guard(partition, this.#held.get(partition)?.checkpoint());
      }
    }
  }

  /** Work on a partition that nobody waits for. */
  async #guard(partition: number, work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (error instanceof FencedError) this.#fenced(partition, error);
      else this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.stop()
      .catch(() => {})
      .finally(() => this.#parts.failed(error));
  }
}
