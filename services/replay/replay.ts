import type { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import type { Decoder, TimeGuardState } from '#libs/intake/index.ts';
import { DECODED, rejectionReason, SKIPPED, TimeGuard } from '#libs/intake/index.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import type { Control } from '#libs/model/input.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';
import type { LogRecord } from '#libs/ports/event-log.ts';
import { AccountsSeen } from './accounts-seen.ts';
import type { LaneOptions } from './lane.ts';
import { Lane } from './lane.ts';
import { Rejections } from './rejections.ts';
import { DeclaredRobots } from './robots.ts';
import { PairsSeen } from './simulated-portal.ts';

/** Some records of one source, as the file reader gives them. */
export interface Records {
  readonly source: string;
  readonly firstOfSource: boolean;
  readonly buffer: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly lines: Float64Array;
  readonly count: number;
  readonly problems: readonly {
    readonly reason: RejectionReason;
    readonly source: string;
    readonly position: number;
    readonly message: string;
  }[];
}

export interface ReplayOptions {
  /** One lane a policy; the first is the one whose alerts are printed. */
  readonly lanes: readonly Omit<LaneOptions, 'accounts'>[];
  /** What people told the detector, by time. */
  readonly controls?: readonly Control[] | undefined;
}

interface ReplaySmall {
  readonly records: number;
  readonly events: number;
  readonly duplicates: number;
  readonly skipped: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly rejections: unknown;
  readonly robots: unknown;
  readonly nextControl: number;
  readonly controlsKnown: number;
  readonly guard: TimeGuardState;
}

const NO_BYTES = Buffer.alloc(0);

const CAMPAIGN_LIMITS = [
  ['sourceKeysRefused', 'networks and devices were not watched for campaigns: the table was full'],
  ['sourceEntriesRefused', 'accounts of crowded networks and devices were not watched for campaigns'],
  ['missesRefused', 'unknown numbers were not watched for campaigns: the table was full'],
  ['unitsRefused', 'accounts were not watched for campaigns: the table was full'],
] as const;

/**
 * One pass over a log: records in, every lane stepped. All of its state can be saved and loaded, so that a replay cut in
 * the middle goes on as if it had not been.
 */
export class Replay {
  readonly accounts = new AccountsSeen();
  readonly rejections = new Rejections();
  readonly robots = new DeclaredRobots();
  readonly lanes: readonly Lane[];
  /** Events that the first lane took or, with a simulated portal, saw refused. */
  events = 0;
  duplicates = 0;
  /** Lines that are no record: a header, and what a mapping leaves out. */
  skipped = 0;
  /** First and last event time, ms; 0 without events. */
  fromMs = 0;
  toMs = 0;
  /** True once an input broke off: the result is not that of the whole log. */
  truncated = false;
  readonly #event = new AccessEvent();
  readonly #guard: TimeGuard;
  readonly #pairs: PairsSeen | undefined;
  readonly #controls: readonly Control[];
  #nextControl = 0;
  #controlsKnown = 0;
  /** Records so far, over all sources: a place that stays the same wherever the input is cut. */
  #records = 0;

  constructor({ lanes, controls = [] }: ReplayOptions) {
    this.#controls = controls;
    this.lanes = lanes.map((lane) => new Lane({ ...lane, accounts: this.accounts }));
    this.#pairs = lanes.some((lane) => lane.containment === 'simulate') ? new PairsSeen() : undefined;
    this.#guard = new TimeGuard({
      onEvent: (event, source, position) => this.#take(event, source, position),
      onRejected: (source, position) => this.rejections.add('time_ahead', { source, position, field: 'time' }),
    });
  }

  /** Takes records in order. @param warn gets what a person should know at once */
  takeRecords(records: Records, decoder: Decoder, warn: (message: string) => void): void {
    const { source, buffer, starts, ends, lines, count } = records;
    if (records.firstOfSource) decoder.startSource();
    // A web log says who claims to be a robot; portals' own events are not asked.
    const asksAgents = decoder.format !== 'access-event';
    const event = this.#event;
    for (let i = 0; i < count; i++) {
      const result = decoder.decode(buffer, starts[i], ends[i], event, ++this.#records);
      if (result === DECODED) {
        if (asksAgents) this.robots.see(event.accountId, decoder.userAgent());
        this.#guard.push(event, source, lines[i]);
      } else if (result === SKIPPED) {
        this.skipped++;
      } else {
        const reason = rejectionReason(result);
        if (reason) this.rejections.add(reason, { source, position: lines[i], field: decoder.field });
      }
    }
    for (const problem of records.problems) {
      this.rejections.add(problem.reason, { source: problem.source, position: problem.position, field: '' });
      if (problem.reason === 'truncated_input') {
        this.truncated = true;
        warn(problem.message);
      }
    }
  }

  /** The next partition of a log begins. */
  beginPartition(): void {
    // Each partition has accounts of its own: each is told everything, as live.
    this.#nextControl = 0;
    for (const lane of this.lanes) lane.beginPartition();
  }

  /**
   * Takes one record of a log, which says when it came: as live, that tells a wrong clock, and nothing is guessed from what
   * comes behind.
   */
  takeLogRecord(source: string, { offset, arrivalMs, value }: LogRecord, decoder: Decoder): void {
    const event = this.#event;
    const bytes = value === null ? NO_BYTES : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const result = decoder.decode(bytes, 0, bytes.length, event, offset);
    this.#records++;
    if (result === DECODED) {
      event.arrivalMs = arrivalMs;
      this.#take(event, source, offset);
    } else if (result === SKIPPED) this.skipped++;
    else this.rejections.add(rejectionReason(result)!, { source, position: offset, field: decoder.field });
  }

  /** The input is over: decides what was waiting for what comes behind it. Not to be called before a checkpoint. */
  end(): void {
    this.#guard.end();
    for (const lane of this.lanes) lane.end();
  }

  /** How many controls took effect on an account that the log had shown by then, of all that were given. */
  get controls(): { readonly given: number; readonly taken: number } {
    return { given: this.#controls.length, taken: this.#controlsKnown };
  }

  /** What the first lane could not hold or count to its end, in words. */
  limits(): string[] {
    const { lookupsForgotten, saturated } = this.lanes[0].limitsReached;
    const texts: readonly (readonly [number, string])[] = [
      [lookupsForgotten, 'older look-ups were forgotten: an incident that began before them states too few exposed'],
      [saturated, 'counts stood at the end of their range'],
      ...CAMPAIGN_LIMITS.map(([name, text]) => [this.lanes[0].campaignCounters[name], text] as const),
      [this.robots.overflow, 'requests of declared robots came after their table was full'],
    ];
    return texts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  }

  #take(event: AccessEvent, source: string, position: number): void {
    const firstSeen = this.#pairs ? this.#pairs.see(event) : 0;
    const now = this.#pairs ? this.#pairs.now : 0;
    while (this.#nextControl < this.#controls.length && this.#controls[this.#nextControl].timeMs <= event.timeMs) {
      const control = this.#controls[this.#nextControl++];
      const known = this.lanes.map((lane) => lane.takeControl(control, now));
      if (known[0]) this.#controlsKnown++;
    }
    const { lanes } = this;
    const verdict = lanes[0].take(event, now, firstSeen);
    for (let i = 1; i < lanes.length; i++) lanes[i].take(event, now, firstSeen);
    switch (verdict) {
      case 'taken':
      case 'refused':
        this.events++;
        this.accounts.see(event);
        if (this.fromMs === 0 || event.timeMs < this.fromMs) this.fromMs = event.timeMs;
        if (event.timeMs > this.toMs) this.toMs = event.timeMs;
        break;
      case 'duplicate':
        this.duplicates++;
        break;
      default:
        this.rejections.add(verdict, { source, position, field: 'time' });
    }
  }

  save(writer: SnapshotWriter): void {
    const small: ReplaySmall = {
      records: this.#records,
      events: this.events,
      duplicates: this.duplicates,
      skipped: this.skipped,
      fromMs: this.fromMs,
      toMs: this.toMs,
      rejections: this.rejections.toJSON(),
      robots: this.robots.toJSON(),
      nextControl: this.#nextControl,
      controlsKnown: this.#controlsKnown,
      guard: this.#guard.toJSON(),
    };
    writer.json(small);
    this.accounts.save(writer);
    this.#pairs?.save(writer);
    for (const lane of this.lanes) lane.save(writer);
  }

  load(reader: SnapshotReader): void {
    const small = reader.json() as ReplaySmall;
    this.#records = small.records;
    this.events = small.events;
    this.duplicates = small.duplicates;
    this.skipped = small.skipped;
    this.fromMs = small.fromMs;
    this.toMs = small.toMs;
    this.rejections.load(small.rejections);
    this.robots.load(small.robots);
    this.#nextControl = small.nextControl;
    this.#controlsKnown = small.controlsKnown;
    this.#guard.load(small.guard);
    this.accounts.load(reader);
    this.#pairs?.load(reader);
    for (const lane of this.lanes) lane.load(reader);
  }
}
