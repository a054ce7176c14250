import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, crc32, zstdCompress, zstdDecompress } from 'node:zlib';
import type { CheckpointStore } from '#libs/ports/checkpoints.ts';

const NAME = /^(\d{20})\.checkpoint$/;
const CRC_BYTES = 4;
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/**
 * The work is done in a thread of its own, which comes back to the loop for each piece: with Node's own 16 KiB some thousand times
 * a checkpoint, and a loop that folds is busy for milliseconds each time.
 */
const PIECES = { chunkSize: 4 * 1024 * 1024 };
/** Level 1: state is mostly counters, which shrink well. */
const LEVEL = { ...PIECES, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Checkpoints in a folder that every instance sees (a shared volume; one machine's disk where there is one instance):
 * `<partition>/<offset>.checkpoint`, Zstandard behind a CRC-32 of the compressed bytes. A file appears whole or not at all.
 */
export class FileCheckpoints implements CheckpointStore {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(partition: number, offset: number, bytes: Uint8Array, keep: number): Promise<void> {
    const folder = join(this.#folder, String(partition));
    await mkdir(folder, { recursive: true });
    const body = await compress(bytes, LEVEL);
    const crc = Buffer.alloc(CRC_BYTES);
    crc.writeUInt32LE(crc32(body));
    // A name of its own while it is written: a predecessor that still lives may be writing the same offset.
    const unfinished = join(folder, `${offset}.${process.pid}.unfinished`);
    const file = await open(unfinished, 'w');
    try {
      await file.writev([crc, body]);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, this.#path(partition, offset));
    const handle = await open(folder, 'r');
    await handle.sync();
    await handle.close();
    for (const old of (await this.list(partition)).slice(keep)) await rm(this.#path(partition, old), { force: true });
  }

  async list(partition: number): Promise<readonly number[]> {
    try {
      const names = await readdir(join(this.#folder, String(partition)));
      return names
        .flatMap((name) => NAME.exec(name)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => b - a);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async get(partition: number, offset: number): Promise<Uint8Array | undefined> {
    let file: Buffer;
    try {
      file = await readFile(this.#path(partition, offset));
    } catch (error) {
      // Another instance has put newer ones and dropped this one in the meantime.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const body = file.subarray(CRC_BYTES);
    if (file.length < CRC_BYTES || crc32(body) !== file.readUInt32LE(0)) return undefined;
    return decompress(body, PIECES);
  }

  #path(partition: number, offset: number): string {
    return join(this.#folder, String(partition), `${String(offset).padStart(20, '0')}.checkpoint`);
  }
}
