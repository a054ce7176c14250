import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlacedRecord } from '#libs/adapters/single-process/storage.ts';
import { assert } from '#libs/base/assert.ts';
import type { LogRecord } from '#libs/ports/event-log.ts';
import { decodeHead, decodeRecords, encodeFrame, FRAME_HEADER_BYTES } from './frame.ts';
import type { CutTail } from './segment.ts';
import { Segment } from './segment.ts';

const SEGMENT_FILE = /^(\d{20})\.log$/;
const REMEMBERED_PLACES = 64;

interface Place {
  readonly segment: Segment;
  readonly at: number;
}

/** A damaged frame in the middle of the log: what follows it is intact, so nothing is cut and a person has to look. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError';
}

/** One partition: a folder of segments, the last of which is appended to. */
export class FilePartition {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #segments: Segment[];
  /** Where recent readings ended: offset of the next frame -> its place. Oldest entry first. */
  readonly #places = new Map<number, Place>();
  #end: number;

  private constructor(folder: string, segmentBytes: number, segments: Segment[], end: number) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#segments = segments;
    this.#end = end;
  }

  static async open(folder: string, segmentBytes: number, lastFinishedWrite: number) {
    await mkdir(folder, { recursive: true });
    const bases = (await readdir(folder)).flatMap((name) => SEGMENT_FILE.exec(name)?.[1] ?? []).sort();
    const segments: Segment[] = [];
    for (const base of bases) segments.push(await Segment.open(join(folder, `${base}.log`), Number(base)));
    let end = 0;
    let cut: CutTail | undefined;
    const last = segments.at(-1);
    if (last) ({ end, cut } = await last.recover(lastFinishedWrite));
    return { partition: new FilePartition(folder, segmentBytes, segments, end), cut };
  }

  get first(): number {
    return this.#segments[0]?.base ?? 0;
  }

  get end(): number {
    return this.#end;
  }

  /** Appends the records in one frame, not yet durable. Returns how to make it durable and how to take it back. */
  async append(write: number, records: readonly PlacedRecord[]) {
    const segment = await this.#tail();
    const before = { bytes: segment.bytes, end: this.#end };
    await segment.append(encodeFrame(write, this.#end, records));
    return {
      sync: () => segment.sync(),
      /** Called once the whole append is durable: only now is it seen. */
      publish: () => {
        this.#end = before.end + records.length;
      },
      takeBack: () => segment.truncate(before.bytes),
    };
  }

  /** At most `maxRecords` records from offset `from` on, at least one. The caller has checked that it is within the log. */
  async read(from: number, maxRecords: number): Promise<LogRecord[]> {
    let place = await this.#find(from);
    const records: LogRecord[] = [];
    let next = from;
    while (next < this.#end && records.length < maxRecords) {
      const { segment, at } = place;
      const body = await segment.bodyAt(at);
      if (body === undefined)
        throw new LogDamagedError(`${segment.path}: no whole frame at byte ${at}, offset ${next}`);
      const { base, count } = decodeHead(body);
      const some = decodeRecords(body).slice(next - base, next - base + maxRecords - records.length);
      records.push(...some);
      next += some.length;
      if (next < base + count) break;
      place = this.#after({ segment, at: at + FRAME_HEADER_BYTES + body.length });
    }
    this.#remember(next, place);
    return records;
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) await segment.close();
  }

  async #tail(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last && last.bytes < this.#segmentBytes) return last;
    const segment = await Segment.open(join(this.#folder, `${String(this.#end).padStart(20, '0')}.log`), this.#end);
    this.#segments.push(segment);
    const folder = await open(this.#folder, 'r');
    await folder.sync();
    await folder.close();
    return segment;
  }

  /** The same place, as the beginning of the next segment where one has been begun. */
  #after(place: Place): Place {
    if (place.at < place.segment.bytes) return place;
    const next = this.#segments[this.#segments.indexOf(place.segment) + 1];
    return next ? { segment: next, at: 0 } : place;
  }

  async #find(offset: number): Promise<Place> {
    const known = this.#places.get(offset);
    if (known) return this.#after(known);
    const segment = this.#segments.findLast((s) => s.base <= offset);
    assert(segment !== undefined, `offset ${offset} is before the log`);
    let at = 0;
    for (;;) {
      const frame = await segment.skim(at);
      if (offset < frame.base + frame.count) return { segment, at };
      assert(
        frame.next > at && frame.next < segment.bytes,
        `${segment.path}: offset ${offset} is not where it belongs`,
      );
      at = frame.next;
    }
  }

  #remember(offset: number, place: Place): void {
    this.#places.delete(offset);
    this.#places.set(offset, place);
    if (this.#places.size > REMEMBERED_PLACES) this.#places.delete(this.#places.keys().next().value!);
  }
}
