import { assert } from '#libs/base/assert.ts';
import { QUARTER_MS } from '#libs/decide/campaign/index.ts';
import type { OcsfSource } from '#libs/formats/ocsf/index.ts';
import type { DecodeResult, Decoder } from '#libs/intake/index.ts';
import { DECODED, rejectionReason, SKIPPED } from '#libs/intake/index.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { Input } from '#libs/model/input.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { step, usePolicy } from '#libs/pipeline/index.ts';
import type { LogBatch, LogRecord, NewRecord } from '#libs/ports/event-log.ts';
import type { SpanPlace } from '#libs/telemetry/in-span.ts';
import { inSpan } from '#libs/telemetry/in-span.ts';
import type { PlacedControl } from './control-feed.ts';
import type { DetectorEvents } from './events.ts';
import type { Numbered } from './journal-entry.ts';
import type { Told } from './outgoing.ts';
import { alertRecord, deadLetterRecord, signalRecords } from './outgoing.ts';
import type { PartitionWriter } from './partition-writer.ts';
import type { TopicNames } from './topics.ts';

/** About so many signals, dead letters and alerts go out in one transaction: it must end well within the broker's limit for one. */
const MOST_IN_TRANSACTION = 2000;

export interface FoldParts {
  readonly topics: TopicNames;
  readonly partition: number;
  readonly decoder: Decoder;
  readonly writer: PartitionWriter;
  readonly source: OcsfSource;
  readonly events: DetectorEvents;
  readonly nowMs: () => number;
  /** The policy of this instance: it takes effect where nobody has been before. */
  readonly policy: DetectionPolicy;
}

/** Where a fold starts from: a checkpoint, or nothing. */
export interface FoldStart {
  readonly state: PipelineState;
  readonly policy: DetectionPolicy;
  /** Offset of the next record. */
  readonly next: number;
  /** End of the log as it stood. */
  readonly end: number;
  readonly controlsNext: number;
  /** Number of the last journal entry that the state holds. */
  readonly journalSeq: number;
  /** Journal entries after that one: what predecessors have already done. */
  readonly journal: readonly Numbered[];
}

/**
 * One partition's state as a deterministic fold over its log, its controls and its policies. What predecessors have journaled
 * is done again in memory at the same places and not written again; what is new is written in one transaction with the journal
 * entry that names it.
 */
export class PartitionFold {
  readonly #parts: FoldParts;
  readonly #event = new AccessEvent();
  readonly #state: PipelineState;
  #policy: DetectionPolicy;
  #next: number;
  #controlsNext: number;
  /** Outputs of records before this offset are out. */
  #outUpTo: number;
  /** Journaled controls and policies that are still to be done again, in order. */
  readonly #replay: Numbered[];
  #isWhole = true;
  /** What is decided and not yet written. Between batches it holds no alert. */
  #out = new Outgoing();
  /** Where the quarter of an hour after the clock's own begins. */
  #nextQuarterMs: number;
  /** Journaled alerts that the fold has not met again yet. */
  readonly #known = new Set<string>();

  constructor(parts: FoldParts, start: FoldStart) {
    this.#parts = parts;
    this.#state = start.state;
    this.#policy = start.policy;
    this.#nextQuarterMs = Math.floor(Math.max(0, start.state.newestMs) / QUARTER_MS) * QUARTER_MS + QUARTER_MS;
    this.#next = start.next;
    this.#controlsNext = start.controlsNext;
    this.#outUpTo = start.next;
    this.#replay = [];
    let last = start.journalSeq;
    for (const entry of start.journal) {
      assert(entry.seq === last + 1, `${parts.topics.journal}/${parts.partition}: entry ${last + 1} is missing`);
      last = entry.seq;
      if (entry.kind === 'decided') this.#outUpTo = Math.max(this.#outUpTo, entry.upTo);
      if (entry.kind === 'control' || entry.kind === 'policy') this.#replay.push(entry);
      if (entry.kind === 'decided' || entry.kind === 'control') {
        for (const [id, revision] of entry.alerts) this.#known.add(`${id}:${revision}`);
      }
    }
    parts.writer.startAfter(last);
    this.#redo(this.#next);
  }

  get next(): number {
    return this.#next;
  }

  /** True once everything that was journaled before has been done again: from then on controls and policies may come. */
  get caughtUp(): boolean {
    return this.#next >= this.#outUpTo && this.#replay.length === 0;
  }

  /** Records whose outputs are out already and that are folded again for the state. */
  get toRedo(): number {
    return Math.max(0, this.#outUpTo - this.#next);
  }

  /** False once a write has failed: the state then holds what is not out, and must not outlive this fold. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** True while signals or dead letters wait to be written with what comes next. */
  get hasUnwritten(): boolean {
    return this.#out.size > 0;
  }

  /** What a checkpoint needs. Only after {@link flush}: everything of the records before `next` is then out. */
  get current() {
    return {
      state: this.#state,
      policy: this.#policy,
      next: this.#next,
      controlsNext: this.#controlsNext,
      journalSeq: this.#parts.writer.nextSeq - 1,
    };
  }

  /**
   * Folds a batch and writes the alerts that follow from it. Signals and dead letters hurry nobody, and a transaction costs as
   * much as hundreds of events: they go out with the next alert or {@link flush}. Should this instance die before, its successor
   * folds these records again and writes them. Errors: FencedError when the partition is another's.
   */
  async fold(batch: LogBatch, spans: SpanPlace): Promise<void> {
    const { events, partition, nowMs } = this.#parts;
    const begunMs = nowMs();
    assert(this.#isWhole, 'a fold went on after a failed write');
    this.#isWhole = false;
    for (const record of batch.records) {
      if (this.#replay.length > 0) this.#redo(record.offset);
      this.#take(record);
      this.#next = record.offset + 1;
      if (this.#out.size >= MOST_IN_TRANSACTION) await this.#send(spans);
    }
    this.#next = batch.next;
    if (this.#out.alerts.length > 0) await this.#send(spans);
    this.#redo(this.#next);
    this.#isWhole = true;
    events.batchFolded({
      partition,
      records: batch.records.length,
      next: batch.next,
      behind: Math.max(0, batch.end - batch.next),
      clockMs: this.#state.newestMs,
      tookMs: nowMs() - begunMs,
    });
  }

  /** Says on the topic of signals that nothing more comes for now. */
  async tellRest(spans: SpanPlace): Promise<void> {
    if (!this.#isWhole || !this.caughtUp) return;
    const place = `${this.#next}/rest/${this.#parts.writer.nextSeq}`;
    this.#out.signals.push({ place, timeMs: this.#state.newestMs, told: { signal: 'rest' } });
    await this.flush(spans);
  }

  /** Writes what waits. Errors: FencedError when the partition is another's. */
  async flush(spans: SpanPlace): Promise<void> {
    if (!this.hasUnwritten || !this.#isWhole) return;
    this.#isWhole = false;
    await this.#send(spans);
    this.#isWhole = true;
  }

  /** Takes controls that are new, at the place where the fold stands. */
  async takeControls(controls: readonly PlacedControl[], spans: SpanPlace): Promise<void> {
    if (!this.caughtUp) return;
    for (const { source, control } of controls) {
      if (source < this.#controlsNext) continue;
      await this.flush(spans);
      this.#isWhole = false;
      const out = this.#out;
      this.#out = new Outgoing();
      this.#step(control, `control-${source}`, out);
      const seq = this.#parts.writer.nextSeq;
      const entry = { kind: 'control', seq, at: this.#next, source, control, alerts: out.alerts } as const;
      await this.#write(entry, out, spans);
      this.#controlsNext = source + 1;
      this.#isWhole = true;
      this.#parts.events.controlTaken({ partition: this.#parts.partition, control: control.control });
    }
  }

  /** Goes over to this instance's policy, at the place where the fold stands. */
  async takeOwnPolicy(spans: SpanPlace): Promise<void> {
    const { policy, writer } = this.#parts;
    if (!this.caughtUp || policy.digest === this.#policy.digest) return;
    await this.flush(spans);
    await this.#write({ kind: 'policy', seq: writer.nextSeq, at: this.#next, policy }, new Outgoing(), spans);
    this.#usePolicy(policy);
  }

  #usePolicy(policy: DetectionPolicy): void {
    if (policy.digest === this.#policy.digest) return;
    usePolicy(this.#state, policy);
    this.#policy = policy;
  }

  /** Does again what the journal says took effect before the record at `offset`. */
  #redo(offset: number): void {
    for (let entry = this.#replay[0]; entry !== undefined; entry = this.#replay[0]) {
      if (entry.kind === 'policy' && entry.at <= offset) this.#usePolicy(entry.policy);
      else if (entry.kind === 'control' && entry.at <= offset) {
        this.#step(entry.control, `control-${entry.source}`, undefined);
        this.#controlsNext = entry.source + 1;
      } else return;
      this.#replay.shift();
    }
  }

  #take(record: LogRecord): void {
    const { decoder } = this.#parts;
    const result = this.#decode(record);
    if (result === DECODED) {
      this.#event.arrivalMs = record.arrivalMs;
      const out = record.offset < this.#outUpTo ? undefined : this.#out;
      const rejected = this.#step(this.#event, record.offset, out);
      if (rejected !== undefined) this.#reject(record, rejected, 'time');
    } else if (result !== SKIPPED) this.#reject(record, rejectionReason(result)!, decoder.field);
  }

  #decode(record: LogRecord): DecodeResult {
    const { decoder } = this.#parts;
    const { bytes, offset } = record;
    if (bytes !== undefined) {
      const start = record.valueStart!;
      return decoder.decode(asBuffer(bytes), start, Math.max(start, record.valueEnd!), this.#event, offset);
    }
    const value = record.value === null ? EMPTY : asBuffer(record.value);
    return decoder.decode(value, 0, value.length, this.#event, offset);
  }

  #reject(record: LogRecord, reason: RejectionReason, field: string): void {
    const { events, topics, partition } = this.#parts;
    const { offset, arrivalMs, value } = record;
    const again = offset < this.#outUpTo;
    events.recordRejected({ reason, again });
    if (again) return;
    const letter = { topic: topics.access, partition, offset, arrivalMs, reason, field, value };
    this.#out.records.push(deadLetterRecord(topics.deadLetter, letter));
    this.#out.rejected += 1;
  }

  /**
   * Steps the state; returns why the input was rejected, if it was. `place` names the input in the partition. Without `out` the
   * alerts are out already and are only checked against the journal.
   */
  #step(input: Input, place: number | string, out: Outgoing | undefined): RejectionReason | undefined {
    const outputs = step(this.#state, input);
    if (this.#state.newestMs >= this.#nextQuarterMs) this.#markClock(place, out);
    let rejected: RejectionReason | undefined;
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i]!;
      if (output.kind === 'rejected') rejected = output.reason;
      else if (output.kind === 'duplicate') this.#parts.events.duplicateSeen();
      else if (output.kind === 'signal')
        out?.signals.push({ place, timeMs: output.signal.timeMs, told: output.signal });
      else if (out === undefined) this.#meetAgain(`${output.alert.id}:${output.alert.revision}`);
      else {
        out.alerts.push([output.alert.id, output.alert.revision]);
        out.records.push(alertRecord(this.#parts.topics.alerts, output.alert, this.#parts.source));
        this.#parts.events.alertDecided({
          kind: output.alert.kind,
          rung: output.alert.rung,
          status: output.alert.status,
        });
      }
    }
    return rejected;
  }

  /** Tells of each quarter of an hour that the partition's clock enters: the same ones wherever the fold is cut. */
  #markClock(place: number | string, out: Outgoing | undefined): void {
    const timeMs = Math.floor(this.#state.newestMs / QUARTER_MS) * QUARTER_MS;
    this.#nextQuarterMs = timeMs + QUARTER_MS;
    out?.signals.push({ place, timeMs, told: { signal: 'clock', timeMs } });
  }

  #meetAgain(alert: string): void {
    if (this.#known.delete(alert)) return;
    // The fold must give what it gave: a journal without this alert means that code, policy or log have changed.
    this.#parts.events.foldDiverged({ partition: this.#parts.partition, alert });
  }

  async #send(spans: SpanPlace): Promise<void> {
    const out = this.#out;
    this.#out = new Outgoing();
    const { alerts, rejected } = out;
    await this.#write(
      { kind: 'decided', seq: this.#parts.writer.nextSeq, upTo: this.#next, alerts, rejected },
      out,
      spans,
    );
    this.#outUpTo = this.#next;
  }

  async #write(entry: Numbered, { records: own, signals, alerts }: Outgoing, spans: SpanPlace): Promise<void> {
    const { writer, partition, topics } = this.#parts;
    const records = [...own, ...signalRecords(topics.signals, partition, signals)];
    const figures = { partition, entry: entry.kind, records: records.length, alerts: alerts.length };
    await inSpan(spans, 'detector.transaction', figures, () => writer.write([entry], records));
  }
}

/** What is to be written in one transaction. */
class Outgoing {
  /** Of alerts and dead letters. */
  readonly records: NewRecord[] = [];
  readonly signals: Told[] = [];
  readonly alerts: (readonly [string, number])[] = [];
  rejected = 0;

  get size(): number {
    return this.records.length + this.signals.length;
  }
}

const EMPTY = Buffer.alloc(0);
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
