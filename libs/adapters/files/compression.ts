import { createGunzip, createZstdDecompress } from 'node:zlib';

/**
 * gzip and zstd, recognised by their first bytes and inflated piece by piece. Two things that streams of node:zlib do not
 * do by themselves: everything readable in front of a damage is delivered before the error, and a zstd file of several
 * frames (concatenated files, parallel compressors) is read to its end instead of to the end of the first frame.
 */

export type Compression = 'none' | 'gzip' | 'zstd';

/** Input is inflated in slices of this size: what one slice may grow to is read in pieces of OUTPUT_BYTES. */
const SLICE_BYTES = 64 * 1024;
const OUTPUT_BYTES = 128 * 1024;

/** How a file begins that this program cannot read, and what to do about it. */
const FOREIGN: readonly { readonly magic: readonly number[]; readonly advice: string }[] = [
  { magic: [0x42, 0x5a, 0x68], advice: 'it is compressed with bzip2: decompress it, or use gzip or zstd' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], advice: 'it is compressed with xz: decompress it, or use gzip or zstd' },
  { magic: [0x50, 0x4b, 0x03, 0x04], advice: 'it is a ZIP archive: unpack it' },
  { magic: [0x50, 0x41, 0x52, 0x31], advice: 'it is a Parquet file, not a log of lines' },
  { magic: [0xff, 0xfe], advice: 'it is UTF-16 text: convert it to UTF-8' },
  { magic: [0xfe, 0xff], advice: 'it is UTF-16 text: convert it to UTF-8' },
];

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/** Compression of a source by its first bytes (six are enough). */
export function detectCompression(first: Uint8Array): Compression {
  if (begins(first, [0x1f, 0x8b])) return 'gzip';
  const skippable = first[0] >= 0x50 && first[0] <= 0x5f && begins(first.subarray(1), [0x2a, 0x4d, 0x18]);
  return skippable || begins(first, [0x28, 0xb5, 0x2f, 0xfd]) ? 'zstd' : 'none';
}

/** Why a source with these first bytes cannot be read, with what to do; undefined where nothing is known against it. */
export const foreignFormat = (first: Uint8Array): string | undefined =>
  FOREIGN.find(({ magic }) => begins(first, magic))?.advice;

/** The compressed stream ended too early, or is damaged; everything in front of that has been delivered. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

/** Inflates `input`; throws {@link InflateError} at the end of what could be read. */
export async function* inflate(
  input: AsyncIterable<Buffer>,
  compression: Exclude<Compression, 'none'>,
): AsyncGenerator<Buffer> {
  let engine = new InflateEngine(compression);
  try {
    for await (const chunk of input) {
      for (let from = 0; from < chunk.length; ) {
        const slice = chunk.subarray(from, from + SLICE_BYTES);
        yield* engine.write(slice);
        from += engine.consumed;
        if (engine.consumed < slice.length) {
          // The frame ended within the slice: the next one needs an engine of its own.
          engine.destroy();
          engine = new InflateEngine(compression);
        }
      }
    }
    yield* engine.end();
  } finally {
    engine.destroy();
  }
}

class InflateEngine {
  /** Bytes of the last slice that the engine took; fewer than it was given where a frame ended. */
  consumed = 0;
  readonly #stream;
  #error: Error | undefined;
  #ended = false;
  #wake: () => void = () => {};

  constructor(compression: Exclude<Compression, 'none'>) {
    const options = { chunkSize: OUTPUT_BYTES };
    this.#stream = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
    this.#stream.on('readable', () => this.#wake());
    this.#stream.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#stream.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  async *write(slice: Buffer): AsyncGenerator<Buffer> {
    const before = this.#stream.bytesWritten;
    let written = false;
    this.#stream.write(slice, () => {
      written = true;
      this.#wake();
    });
    yield* this.#read(() => written);
    this.consumed = this.#stream.bytesWritten - before;
    if (this.consumed === 0) throw new InflateError('what follows the compressed data is not compressed');
  }

  async *end(): AsyncGenerator<Buffer> {
    this.#stream.end();
    yield* this.#read(() => this.#ended);
  }

  destroy(): void {
    this.#stream.destroy();
  }

  async *#read(done: () => boolean): AsyncGenerator<Buffer> {
    for (;;) {
      const finished = done();
      for (let data = this.#stream.read(); data !== null; data = this.#stream.read()) yield data as Buffer;
      if (this.#error !== undefined) throw new InflateError(describe(this.#error));
      if (finished) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (done() || this.#error !== undefined) resolve();
      });
    }
  }
}

const describe = (error: Error & { code?: string }): string =>
  error.code === 'Z_BUF_ERROR' ? 'the compressed data ends too early' : 'the compressed data is damaged';
