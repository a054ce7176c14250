import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { stats } from '#libs/pipeline/index.ts';
import type { CheckpointStore } from '#libs/ports/checkpoints.ts';
import type { LogBatch } from '#libs/ports/event-log.ts';
import type { SpanPlace } from '#libs/telemetry/in-span.ts';
import { inSpan } from '#libs/telemetry/in-span.ts';
import type { CheckpointMemory, CopiedCheckpoint } from './checkpoint.ts';
import { copyCheckpoint } from './checkpoint.ts';
import type { ControlFeed } from './control-feed.ts';
import type { DetectorEvents } from './events.ts';
import { CHECKPOINTS_KEPT } from './journal-tail.ts';
import type { PartitionFold } from './partition-fold.ts';
import type { PartitionWriter } from './partition-writer.ts';

/** A partition whose log is at its end and brings nothing for so long is said to rest. */
const REST_AFTER_MS = 10_000;
/** A log's end may be some offsets behind its last record: marks of transactions stand there. */
const MARKS_AT_END = 2;

export interface HeldParts {
  readonly topic: string;
  readonly partition: number;
  readonly keyId: string;
  readonly fold: PartitionFold;
  readonly writer: PartitionWriter;
  readonly controls: ControlFeed;
  readonly checkpoints: CheckpointStore;
  readonly memory: CheckpointMemory;
  readonly events: DetectorEvents;
  readonly nowMs: () => number;
  readonly spans: SpanPlace;
  /** Tells the group how far the partition is for good. */
  readonly commit: (partition: number, offset: number) => Promise<void>;
}

interface Copy extends CopiedCheckpoint {
  readonly at: number;
  readonly snapshotMs: number;
}

/** A partition this instance holds. Batches, controls and checkpoints of it are done one after the other. */
export class HeldPartition {
  readonly #parts: HeldParts;
  #turn: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #checkpointing: Promise<void> = Promise.resolve();
  #checkpointed: number;
  #released = false;
  #isAtEnd: boolean;
  #toldRest = false;
  #lastBatchMs: number;
  #polledFromMs: number | undefined;

  /** @param isAtEnd nothing is there to be read yet */
  constructor(parts: HeldParts, checkpointed: number, isAtEnd: boolean) {
    this.#isAtEnd = isAtEnd;
    this.#lastBatchMs = parts.nowMs();
    this.#parts = parts;
    this.#checkpointed = checkpointed;
    this.#measure();
  }

  batch(batch: LogBatch): Promise<void> {
    this.#isAtEnd = batch.end - batch.next <= MARKS_AT_END;
    this.#toldRest = false;
    const arrivedMs = Date.now();
    return this.#inTurn(() =>
      this.#traced(batch, arrivedMs, async (spans) => {
        await this.#parts.fold.fold(batch, spans);
        this.#lastBatchMs = this.#parts.nowMs();
        await this.#takeWhatIsNew(spans);
      }),
    );
  }

  /** Takes controls that have come, and this instance's policy, where the fold has done again all that was done before. */
  settle(): Promise<void> {
    return this.#inTurn(() => this.#takeWhatIsNew(this.#parts.spans));
  }

  /** Writes the signals and dead letters that wait. */
  flush(): Promise<void> {
    const { fold, nowMs } = this.#parts;
    const flushed = (write: (spans: SpanPlace) => Promise<void>) =>
      this.#inTurn(() => this.#inSpan('detector.flush', write));
    if (!this.#toldRest && this.#isAtEnd && nowMs() - this.#lastBatchMs >= REST_AFTER_MS) {
      this.#toldRest = true;
      return flushed((spans) => fold.tellRest(spans));
    }
    return fold.hasUnwritten ? flushed((spans) => fold.flush(spans)) : Promise.resolve();
  }

  /** Puts the state down where it has moved on since the last time. The fold waits for the copy alone, not for its writing. */
  checkpoint(): Promise<void> {
    const done = this.#checkpointing.then(async () => {
      if (!this.#mayHaveMoved) return;
      await this.#inSpan('detector.checkpoint', async (place) => {
        const copy = await this.#copy(place);
        if (copy === undefined) return;
        await inSpan(place, 'detector.put', { partition: this.#parts.partition }, () => this.#put(copy));
      });
    });
    this.#checkpointing = done.catch(() => {});
    return done;
  }

  /** False where a checkpoint would be the one that is there. */
  get #mayHaveMoved(): boolean {
    const { fold } = this.#parts;
    return !this.#released && (fold.next !== this.#checkpointed || fold.hasUnwritten);
  }

  async #copy(spans: SpanPlace): Promise<Copy | undefined> {
    let copy: Copy | undefined;
    await this.#inTurn(async () => {
      const { fold, writer, topic, partition, keyId, memory, nowMs } = this.#parts;
      if (!fold.isWhole) return;
      await fold.flush(spans);
      const { state, policy, next, controlsNext } = fold.current;
      if (next === this.#checkpointed || !fold.caughtUp) return;
      this.#measure();
      const begunMs = nowMs();
      const journalSeq = writer.nextSeq;
      const head = { topic, partition, offset: next, journalSeq, controlsNext, policy, keyId, takenMs: begunMs };
      const taken = copyCheckpoint(head, state, memory);
      copy = { ...taken, at: next, snapshotMs: nowMs() - begunMs };
      // Before it is put anywhere: who can write this holds the partition, and the state is not that of one who lost it unawares.
      const entry = { kind: 'checkpoint', seq: journalSeq, at: next, bytes: taken.bytes.length } as const;
      try {
        const figures = { partition, entry: entry.kind, records: 0, alerts: 0 };
        await inSpan(spans, 'detector.transaction', figures, () => writer.write([entry]));
      } catch (error) {
        memory.giveBack(taken.bytes);
        throw error;
      }
    });
    return copy;
  }

  async #put({ bytes, seal, at, snapshotMs }: Copy): Promise<void> {
    const { partition, checkpoints, memory, events, nowMs, commit } = this.#parts;
    const begunMs = nowMs();
    try {
      await seal();
      await checkpoints.put(partition, at, bytes, CHECKPOINTS_KEPT);
    } catch (error) {
      // Detection goes on: a checkpoint only shortens what is folded again. It is tried anew at the next turn.
      events.checkpointFailed({ partition, error });
      return;
    } finally {
      memory.giveBack(bytes);
    }
    this.#checkpointed = at;
    events.checkpointTaken({ partition, at, bytes: bytes.length, snapshotMs, putMs: nowMs() - begunMs });
    await commit(partition, at).catch(() => {
      // The place in the group is for monitors of lag only; a rebalance may have taken the right to set it.
    });
  }

  /** Ends the work on the partition. What comes afterwards is ignored. */
  async release(): Promise<void> {
    const { events, partition, fold, writer } = this.#parts;
    const last = this.#turn;
    this.#released = true;
    await last;
    await writer.close();
    events.partitionReleased({ partition, next: fold.next });
  }

  /**
   * A batch as a trace: `poll` from the end of the batch before it (the partition's first: from its own arrival), then what
   * `work` does. Spans have the machine's own time, whatever the detector's clock says.
   */
  async #traced(batch: LogBatch, arrivedMs: number, work: (spans: SpanPlace) => Promise<void>): Promise<void> {
    const { spans, partition } = this.#parts;
    const { tracer, parent = ROOT_CONTEXT } = spans;
    const startTime = this.#polledFromMs ?? arrivedMs;
    const attributes = { partition, records: batch.records.length };
    const root = tracer.startSpan('detector.batch', { attributes, startTime }, parent);
    const place = { tracer, parent: trace.setSpan(parent, root) };
    tracer.startSpan('detector.poll', { attributes: { partition }, startTime }, place.parent).end(arrivedMs);
    try {
      await inSpan(place, 'detector.fold', attributes, (_span, inner) => work(inner));
    } finally {
      root.end();
      this.#polledFromMs = Date.now();
    }
  }

  async #takeWhatIsNew(spans: SpanPlace): Promise<void> {
    const { controls, fold, partition } = this.#parts;
    if (!fold.caughtUp) return;
    await fold.takeOwnPolicy(spans);
    await fold.takeControls(controls.from(partition, fold.current.controlsNext), spans);
  }

  /** Work beside the batches, as a trace of its own. */
  #inSpan(name: string, work: (place: SpanPlace) => Promise<void>): Promise<void> {
    const { spans, partition } = this.#parts;
    return inSpan(spans, name, { partition }, (_span, place) => work(place));
  }

  #measure(): void {
    const { events, partition, fold } = this.#parts;
    const { accounts, pairs, persons, bytes } = stats(fold.current.state);
    events.stateMeasured({ partition, accounts, pairs, persons, bytes });
  }

  /**
   * After what came before it. What waits behind a turn that has failed fails as it did: the state may hold what is not out, and
   * whoever is told of the failure lets the partition go only later.
   */
  #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#released) return Promise.resolve();
    const turn = this.#turn.then(() => (this.#failure === undefined ? work() : Promise.reject(this.#failure)));
    this.#turn = turn.catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    });
    return turn;
  }
}
