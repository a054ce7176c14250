/** Lines to a file or to standard output, compressed by the file's name, no faster than the reader takes them. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';

const CHUNK_CHARACTERS = 256 * 1024;

export interface LineSink {
  /** Resolves at once unless the reader is behind. False once the reader has gone away (a closed pipe). */
  write(line: string): boolean | Promise<boolean>;
  /** Hands on what is held back for a larger chunk. */
  flush(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens `path` (`-` is standard output; `.gz` and `.zst` compress). A reader that closes the pipe early ends the writing
 * quietly; any other error rejects the next call.
 */
export function openLineSink(path: string): LineSink {
  const target: Writable = path === '-' ? process.stdout : createWriteStream(path);
  const compressor = path.endsWith('.gz') ? createGzip() : path.endsWith('.zst') ? createZstdCompress() : undefined;
  const stream: Writable = compressor ?? target;
  let failure: Error | undefined;
  let readerGone = false;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') readerGone = true;
    else failure ??= error;
    stream.emit('drain');
  };
  target.on('error', onError);
  compressor?.on('error', onError);
  compressor?.pipe(target);

  let pending = '';
  const flush = async (): Promise<boolean> => {
    const chunk = pending;
    pending = '';
    if (failure === undefined && !readerGone && !stream.write(chunk, 'latin1')) await once(stream, 'drain');
    if (failure !== undefined) throw failure;
    return !readerGone;
  };
  return {
    write(line) {
      pending += `${line}\n`;
      return pending.length < CHUNK_CHARACTERS ? true : flush();
    },
    flush,
    async close() {
      await flush();
      // Standard output stays open; what was written to it is flushed when the process ends.
      if (readerGone || target === process.stdout) return;
      stream.end();
      await finished(target);
    },
  };
}
