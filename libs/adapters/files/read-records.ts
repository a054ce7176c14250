import { createReadStream } from 'node:fs';
import type { Compression } from './compression.ts';
import { detectCompression, foreignFormat, InflateError, inflate } from './compression.ts';
import { LineSplitter } from './line-splitter.ts';
import type { FileSource } from './open-sources.ts';
import { describeFileError, STDIN } from './open-sources.ts';

/**
 * Reads files (plain, gzip, zstd) and standard input as batches of lines, in the order given. Nothing is skipped in
 * silence: a line that is too long and an input that breaks off come as problems beside the records.
 */

/** Something of a source that could not be taken. */
export interface RecordProblem {
  readonly reason: 'too_large' | 'truncated_input';
  readonly source: string;
  /** 1-based line. */
  readonly position: number;
  /** In words, with what to do; nothing of the content. */
  readonly message: string;
}

/** A reused object: valid until the next batch is asked for. */
export interface RecordBatch {
  /** As the user named it. */
  readonly source: string;
  /** True for the first batch of a source: the place to look at its format. */
  readonly firstOfSource: boolean;
  /** Record `i < count` is `buffer[starts[i], ends[i])`, without its line end; `lines[i]` is its 1-based line. */
  readonly buffer: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly lines: Float64Array;
  readonly count: number;
  readonly problems: readonly RecordProblem[];
  /** Bytes read so far of all sources, as they are stored (compressed). */
  readonly bytesRead: number;
  /** Their sum, 0 where a pipe makes it unknown. */
  readonly bytesTotal: number;
}

export interface ReadOptions {
  /** Longest line taken; longer ones are problems. */
  readonly maxLineBytes?: number;
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

const MAX_LINE_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;
const MAGIC_BYTES = 8;

/** Reads `sources` one after the other. Blank lines are left out but counted in the line numbers. */
export async function* readRecords(
  sources: readonly FileSource[],
  { maxLineBytes = MAX_LINE_BYTES, stdin = process.stdin }: ReadOptions = {},
): AsyncGenerator<RecordBatch> {
  const bytesTotal = sources.reduce((sum, { bytes }) => sum + (bytes ?? Number.NaN), 0) || 0;
  const progress = { bytesRead: 0 };
  for (const { path } of sources) {
    const splitter = new LineSplitter(maxLineBytes);
    let firstOfSource = true;
    const batch = (problems: readonly RecordProblem[]): RecordBatch => {
      const { buffer, starts, ends, lines, count } = splitter;
      const first = firstOfSource;
      firstOfSource = false;
      const { bytesRead } = progress;
      const long = splitter.longLines.map(({ line, bytes }) => longLine(path, line, bytes, maxLineBytes));
      const all = long.length > 0 ? [...long, ...problems] : problems;
      return {
        source: path,
        firstOfSource: first,
        buffer,
        starts,
        ends,
        lines,
        count,
        problems: all,
        bytesRead,
        bytesTotal,
      };
    };

    let problem: RecordProblem | undefined;
    try {
      const raw = counted(path === STDIN ? stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES }), progress);
      for await (const chunk of uncompressed(raw)) {
        splitter.push(chunk);
        if (splitter.count > 0 || splitter.longLines.length > 0) yield batch([]);
      }
    } catch (error) {
      if (!isInputError(error)) throw error;
      problem = brokenOff(path, splitter, error);
    }
    // A line that broke off in the middle could be read as something else: it is part of the problem, not a record.
    splitter.finish(problem !== undefined);
    if (splitter.count > 0 || splitter.longLines.length > 0 || problem !== undefined || firstOfSource) {
      yield batch(problem === undefined ? [] : [problem]);
    }
  }
}

async function* counted(input: AsyncIterable<Uint8Array>, progress: { bytesRead: number }): AsyncGenerator<Buffer> {
  for await (const chunk of input) {
    progress.bytesRead += chunk.length;
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

class ForeignFormatError extends Error {
  override readonly name = 'ForeignFormatError';
}

/** The bytes of `input` as text, whatever it is compressed with. */
async function* uncompressed(input: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer = Buffer.alloc(0);
  while (first.length < MAGIC_BYTES) {
    const next = await input.next();
    if (next.done) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  const advice = foreignFormat(first);
  if (advice !== undefined) throw new ForeignFormatError(advice);
  const whole = prepended(first, input);
  const compression: Compression = detectCompression(first);
  yield* compression === 'none' ? whole : inflate(whole, compression);
}

async function* prepended(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}

function longLine(source: string, position: number, bytes: number, most: number): RecordProblem {
  const message = `line ${position} of ${source} has ${bytes} bytes, more than the ${most} that a record may have`;
  return { reason: 'too_large', source, position, message };
}

/** Whether the input is to blame; anything else is a bug and must not pass for one. */
const isInputError = (error: unknown): boolean =>
  error instanceof InflateError ||
  error instanceof ForeignFormatError ||
  (error instanceof Error && 'syscall' in error);

function brokenOff(source: string, splitter: LineSplitter, error: unknown): RecordProblem {
  const why =
    error instanceof InflateError
      ? `${error.message}, so what follows line ${splitter.line - 1} is missing. Fetch the file again, or repair it`
      : error instanceof ForeignFormatError
        ? error.message
        : describeFileError(source, error).message;
  return {
    reason: 'truncated_input',
    source,
    position: splitter.line,
    message: `${source} could not be read to its end: ${why}`,
  };
}
