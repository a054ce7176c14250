import { assert } from '#libs/base/assert.ts';
import type { OcsfSource } from '#libs/formats/ocsf/index.ts';
import type { Decoder } from '#libs/intake/index.ts';
import { DECODED, rejectionReason, SKIPPED } from '#libs/intake/index.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { Input } from '#libs/model/input.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore, snapshot, step } from '#libs/pipeline/index.ts';
import type { LogBatch, LogRecord, NewRecord } from '#libs/ports/event-log.ts';
import type { PlacedControl } from './control-feed.ts';
import type { DetectorEvents } from './events.ts';
import type { Numbered } from './journal-entry.ts';
import { alertRecord, deadLetterRecord, signalRecord } from './outgoing.ts';
import type { PartitionWriter } from './partition-writer.ts';
import type { TopicNames } from './topics.ts';

/** At most so many records go out in one transaction: it must end well within the broker's time limit for one. */
const RECORDS_PER_TRANSACTION = 2000;

export interface FoldParts {
  readonly topics: TopicNames;
  readonly partition: number;
  readonly decoder: Decoder;
  readonly writer: PartitionWriter;
  readonly source: OcsfSource;
  readonly events: DetectorEvents;
  /** The policy of this instance: it takes effect where nobody has been before. */
  readonly policy: DetectionPolicy;
}

/** Where a fold starts from: a checkpoint, or nothing. */
export interface FoldStart {
  readonly state: PipelineState;
  readonly policy: DetectionPolicy;
  /** Offset of the next record. */
  readonly next: number;
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
  #state: PipelineState;
  #policy: DetectionPolicy;
  #next: number;
  #controlsNext: number;
  /** Outputs of records before this offset are out. */
  #outUpTo: number;
  /** Journaled controls and policies that are still to be done again, in order. */
  readonly #replay: Numbered[];
  #isWhole = true;
  /** Journaled alerts that the fold has not met again yet. */
  readonly #known = new Set<string>();

  constructor(parts: FoldParts, start: FoldStart) {
    this.#parts = parts;
    this.#state = start.state;
    this.#policy = start.policy;
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

  /** What a checkpoint needs. Only between batches: everything of the records before `next` is then out. */
  get current() {
    return {
      state: this.#state,
      policy: this.#policy,
      next: this.#next,
      controlsNext: this.#controlsNext,
      journalSeq: this.#parts.writer.nextSeq - 1,
    };
  }

  /** Folds a batch and writes what follows from it. Errors: FencedError when the partition is another's. */
  async fold(batch: LogBatch): Promise<void> {
    const { events, partition } = this.#parts;
    assert(this.#isWhole, 'a fold went on after a failed write');
    this.#isWhole = false;
    let out = new Outgoing();
    for (const record of batch.records) {
      this.#redo(record.offset);
      this.#take(record, out);
      this.#next = record.offset + 1;
      if (out.records.length >= RECORDS_PER_TRANSACTION) {
        await this.#send(out);
        out = new Outgoing();
      }
    }
    this.#next = batch.next;
    await this.#send(out);
    this.#redo(this.#next);
    this.#isWhole = true;
    events.batchFolded({
      partition,
      records: batch.records.length,
      next: batch.next,
      behind: Math.max(0, batch.end - batch.next),
    });
  }

  /** Takes controls that are new, at the place where the fold stands. */
  async takeControls(controls: readonly PlacedControl[]): Promise<void> {
    if (!this.caughtUp) return;
    for (const { source, control } of controls) {
      if (source < this.#controlsNext) continue;
      this.#isWhole = false;
      const out = new Outgoing();
      this.#step(control, `control-${source}`, out, () => {});
      const seq = this.#parts.writer.nextSeq;
      const entry = { kind: 'control', seq, at: this.#next, source, control, alerts: out.alerts } as const;
      await this.#parts.writer.write([entry], out.records);
      this.#controlsNext = source + 1;
      this.#isWhole = true;
      this.#parts.events.controlTaken({ partition: this.#parts.partition, control: control.control });
    }
  }

  /** Goes over to this instance's policy, at the place where the fold stands. */
  async takeOwnPolicy(): Promise<void> {
    const { policy, writer } = this.#parts;
    if (!this.caughtUp || policy.digest === this.#policy.digest) return;
    await writer.write([{ kind: 'policy', seq: writer.nextSeq, at: this.#next, policy }]);
    this.#usePolicy(policy);
  }

  #usePolicy(policy: DetectionPolicy): void {
    if (policy.digest === this.#policy.digest) return;
    this.#state = restore(snapshot(this.#state), { policy });
    this.#policy = policy;
  }

  /** Does again what the journal says took effect before the record at `offset`. */
  #redo(offset: number): void {
    for (let entry = this.#replay[0]; entry !== undefined; entry = this.#replay[0]) {
      if (entry.kind === 'policy' && entry.at <= offset) this.#usePolicy(entry.policy);
      else if (entry.kind === 'control' && entry.at <= offset) {
        this.#step(entry.control, `control-${entry.source}`, undefined, () => {});
        this.#controlsNext = entry.source + 1;
      } else return;
      this.#replay.shift();
    }
  }

  #take(record: LogRecord, out: Outgoing): void {
    const { decoder, events } = this.#parts;
    const value = record.value === null ? EMPTY : asBuffer(record.value);
    const result = decoder.decode(value, 0, value.length, this.#event, record.offset);
    const isOut = record.offset < this.#outUpTo;
    const reject = (reason: RejectionReason, field: string) => {
      events.recordRejected({ reason, again: isOut });
      if (isOut) return;
      const { access: topic, deadLetter } = this.#parts.topics;
      const { offset, arrivalMs } = record;
      const letter = { topic, partition: this.#parts.partition, offset, arrivalMs, reason, field, value: record.value };
      out.records.push(deadLetterRecord(deadLetter, letter));
      out.rejected += 1;
    };
    if (result === SKIPPED) return;
    if (result !== DECODED) {
      reject(rejectionReason(result)!, decoder.field);
      return;
    }
    this.#event.arrivalMs = record.arrivalMs;
    this.#step(this.#event, String(record.offset), isOut ? undefined : out, (reason) => reject(reason, 'time'));
  }

  /** Steps the state. `place` names the input in the partition. Without `out` the alerts are out already and are only checked against the journal. */
  #step(input: Input, place: string, out: Outgoing | undefined, reject: (reason: RejectionReason) => void): void {
    const outputs = step(this.#state, input);
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i]!;
      if (output.kind === 'rejected') reject(output.reason);
      else if (output.kind === 'duplicate') this.#parts.events.duplicateSeen();
      else if (output.kind === 'signal') {
        const { topics, partition } = this.#parts;
        out?.records.push(signalRecord(topics.signals, partition, `${place}/${i}`, output.signal));
      } else if (out === undefined) this.#meetAgain(`${output.alert.id}:${output.alert.revision}`);
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
  }

  #meetAgain(alert: string): void {
    if (this.#known.delete(alert)) return;
    // The fold must give what it gave: a journal without this alert means that code, policy or log have changed.
    this.#parts.events.foldDiverged({ partition: this.#parts.partition, alert });
  }

  async #send(out: Outgoing): Promise<void> {
    if (out.records.length === 0) return;
    const entry = {
      kind: 'decided',
      seq: this.#parts.writer.nextSeq,
      upTo: this.#next,
      alerts: out.alerts,
      rejected: out.rejected,
    } as const;
    await this.#parts.writer.write([entry], out.records);
    this.#outUpTo = this.#next;
  }
}

/** What a batch has to write. */
class Outgoing {
  readonly records: NewRecord[] = [];
  readonly alerts: (readonly [string, number])[] = [];
  rejected = 0;
}

const EMPTY = Buffer.alloc(0);
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
