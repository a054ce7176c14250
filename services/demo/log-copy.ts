import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';

/**
 * The portal's log once more, as a compressed file that `vigie replay` reads: the event log's own files are frames with
 * checksums, which nothing else does.
 */
export class LogCopy {
  readonly #compress = createZstdCompress();
  readonly #written: Promise<void>;

  constructor(path: string) {
    this.#written = pipeline(this.#compress, createWriteStream(path));
    // Told by `write` or `close`; without this an error in between would end the process.
    this.#written.catch(() => {});
  }

  async write(lines: readonly { readonly line: string }[]): Promise<void> {
    if (lines.length === 0) return;
    const text = `${lines.map(({ line }) => line).join('\n')}\n`;
    if (!this.#compress.write(text)) await Promise.race([once(this.#compress, 'drain'), this.#written]);
  }

  async close(): Promise<void> {
    this.#compress.end();
    await this.#written;
  }
}
