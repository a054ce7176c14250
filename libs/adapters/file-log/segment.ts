import type { FileHandle } from 'node:fs/promises';
import { open, writeFile } from 'node:fs/promises';
import { BODY_HEADER_BYTES, bodyIsWhole, decodeHead, FRAME_HEADER_BYTES, MAX_BODY_BYTES } from './frame.ts';

/** A frame found at a place of a segment. */
export interface FoundFrame {
  readonly base: number;
  readonly count: number;
  readonly write: number;
  readonly at: number;
  /** Where the next frame begins. */
  readonly next: number;
}

/** What was cut from the end of a segment when it was opened. The bytes are kept in `savedAs`. */
export interface CutTail {
  readonly bytes: number;
  /** Whole records among them: an append that was never finished. */
  readonly records: number;
  readonly savedAs: string;
}

/** One file of a partition's log: the frames from offset `base` on. */
export class Segment {
  readonly path: string;
  readonly base: number;
  readonly #file: FileHandle;
  /** Bytes of whole frames. */
  bytes = 0;

  private constructor(path: string, base: number, file: FileHandle) {
    this.path = path;
    this.base = base;
    this.#file = file;
  }

  static async open(path: string, base: number): Promise<Segment> {
    const segment = new Segment(path, base, await open(path, 'a+'));
    segment.bytes = (await segment.#file.stat()).size;
    return segment;
  }

  /**
   * Reads the whole file and cuts what follows the last frame that is whole and belongs to a finished append. Returns the
   * offset after the last record kept and what was cut. Nothing is thrown away: the cut bytes go to a file beside it.
   */
  async recover(lastFinishedWrite: number): Promise<{ readonly end: number; readonly cut: CutTail | undefined }> {
    let end = this.base;
    let at = 0;
    let unfinished = 0;
    for (let frame = await this.frameAt(0); frame !== undefined; frame = await this.frameAt(frame.next)) {
      if (frame.write > lastFinishedWrite) {
        unfinished += frame.count;
        continue;
      }
      if (unfinished > 0 || frame.base !== end) break;
      end = frame.base + frame.count;
      at = frame.next;
    }
    if (at === this.bytes) return { end, cut: undefined };
    const tail = await this.#bytesAt(at, this.bytes - at);
    const savedAs = `${this.path}.cut-at-${at}`;
    await writeFile(savedAs, tail, { flush: true });
    const cut = { bytes: this.bytes - at, records: unfinished, savedAs };
    await this.truncate(at);
    return { end, cut };
  }

  /** The frame at position `at`, or undefined where none, or no whole one, begins there. */
  async frameAt(at: number): Promise<FoundFrame | undefined> {
    const body = await this.bodyAt(at);
    if (body === undefined) return undefined;
    return { ...decodeHead(body), at, next: at + FRAME_HEADER_BYTES + body.length };
  }

  /** The body of the frame at `at`, checksum verified; undefined where there is no whole one. */
  async bodyAt(at: number): Promise<Buffer | undefined> {
    if (at + FRAME_HEADER_BYTES + BODY_HEADER_BYTES > this.bytes) return undefined;
    const head = await this.#bytesAt(at, FRAME_HEADER_BYTES);
    const length = head.readUInt32LE(0);
    if (length < BODY_HEADER_BYTES || length > MAX_BODY_BYTES) return undefined;
    if (at + FRAME_HEADER_BYTES + length > this.bytes) return undefined;
    const body = await this.#bytesAt(at + FRAME_HEADER_BYTES, length);
    return bodyIsWhole(body, head.readUInt32LE(4)) ? body : undefined;
  }

  /** Base, count and end of the frame at `at` without reading its body; the caller knows that a whole one is there. */
  async skim(at: number): Promise<FoundFrame> {
    const bytes = await this.#bytesAt(at, FRAME_HEADER_BYTES + BODY_HEADER_BYTES);
    const next = at + FRAME_HEADER_BYTES + bytes.readUInt32LE(0);
    return { ...decodeHead(bytes.subarray(FRAME_HEADER_BYTES)), at, next };
  }

  /** Appends a frame; {@link sync} makes it durable. On failure the file is as it was. */
  async append(frame: Buffer): Promise<void> {
    try {
      await this.#file.appendFile(frame);
      this.bytes += frame.length;
    } catch (error) {
      await this.truncate(this.bytes);
      throw error;
    }
  }

  async truncate(bytes: number): Promise<void> {
    await this.#file.truncate(bytes);
    this.bytes = bytes;
    await this.#file.datasync();
  }

  sync(): Promise<void> {
    return this.#file.datasync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #bytesAt(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const { bytesRead } = await this.#file.read(buffer, read, length - read, at + read);
      if (bytesRead === 0) throw new Error(`${this.path}: ends at ${at + read}, ${length - read} bytes short`);
      read += bytesRead;
    }
    return buffer;
  }
}
