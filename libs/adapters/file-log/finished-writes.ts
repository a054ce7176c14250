import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const ENTRY_BYTES = 12;

/**
 * The numbers of appends that touched several files and were finished: an append exists once its number stands here. Numbers
 * grow by one and appends are serial, so the last one says it all.
 *
 *     entry = number f64, crc u32      CRC-32 of the eight bytes before it
 */
export class FinishedWrites {
  readonly #file: FileHandle;
  #last: number;
  #bytes: number;

  private constructor(file: FileHandle, last: number, bytes: number) {
    this.#file = file;
    this.#last = last;
    this.#bytes = bytes;
  }

  static async open(path: string): Promise<FinishedWrites> {
    const file = await open(path, 'a+');
    const bytes = await file.readFile();
    let last = 0;
    let whole = 0;
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32LE(at + 8)) break;
      last = bytes.readDoubleLE(at);
      whole = at + ENTRY_BYTES;
    }
    if (whole < bytes.length) await file.truncate(whole);
    return new FinishedWrites(file, last, whole);
  }

  /** Number of the last finished append; 0 where there was none. */
  get last(): number {
    return this.#last;
  }

  /** Durably says that append `number` is finished. On failure it is not, and nothing of the entry is left. */
  async add(number: number): Promise<void> {
    const entry = Buffer.allocUnsafe(ENTRY_BYTES);
    entry.writeDoubleLE(number, 0);
    entry.writeUInt32LE(crc32(entry.subarray(0, 8)), 8);
    try {
      await this.#file.appendFile(entry);
      await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(this.#bytes);
      throw error;
    }
    this.#bytes += ENTRY_BYTES;
    this.#last = number;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
