/** Bytes to a file or to standard output, compressed by the file's name, no faster than the reader takes them. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';

export interface ByteSink {
  /** Resolves when the next chunk may come. False once the reader has gone away (a closed pipe). */
  write(chunk: Uint8Array | string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens `path` (`-` is standard output; `.gz` and `.zst` compress). A reader that closes the pipe early ends the writing
 * quietly; any other error rejects the next call.
 */
export function openByteSink(path: string): ByteSink {
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

  const write = async (chunk: Uint8Array | string): Promise<boolean> => {
    if (failure === undefined && !readerGone && !stream.write(chunk)) await once(stream, 'drain');
    if (failure !== undefined) throw failure;
    return !readerGone;
  };
  return {
    write,
    async close() {
      if (failure !== undefined) throw failure;
      // Standard output stays open; what was written to it is flushed when the process ends.
      if (readerGone || target === process.stdout) return;
      stream.end();
      await finished(target);
    },
  };
}
