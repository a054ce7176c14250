import { openSources, readRecords } from '#libs/adapters/files/index.ts';
import type { Decoder } from '#libs/intake/index.ts';
import { createDecoder, createPseudonymiser, PUBLIC_REPLAY_KEY } from '#libs/intake/index.ts';
import { CommandFailure } from '#services/cli/exit-code.ts';
import type { Replay } from './replay.ts';

export interface FoldOptions {
  /** Name of a format, or `auto`. */
  readonly input: string;
  readonly mapping: string | undefined;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  /** Bytes read, and their sum (0 where unknown). */
  readonly onProgress: (done: number, of: number) => void;
}

/** Reads the sources in order and folds every record into the replay; stops early only when `signal` says so. */
export async function foldSources(replay: Replay, paths: readonly string[], options: FoldOptions): Promise<void> {
  const sources = await openSources(paths);
  if (!sources.ok) throw new CommandFailure(sources.error.message);
  const decoder: Decoder = createDecoder({ pseudonymiser: createPseudonymiser(PUBLIC_REPLAY_KEY) });
  for await (const batch of readRecords(sources.value)) {
    if (options.signal.aborted) return;
    replay.takeRecords(batch, decoder, options.warn);
    options.onProgress(batch.bytesRead, batch.bytesTotal);
  }
}
