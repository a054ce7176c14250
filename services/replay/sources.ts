import { openSources, readRecords } from '#libs/adapters/files/index.ts';
import type { Decoder, InputFormat, MappingFile, Pseudonymiser } from '#libs/intake/index.ts';
import {
  ACCESS_EVENT_FORMAT,
  createDecoder,
  createPseudonymiser,
  detectFormat,
  INPUT_FORMATS,
  PUBLIC_REPLAY_KEY,
  parseMapping,
} from '#libs/intake/index.ts';
import type { PseudonymKey } from '#libs/intake/pseudonymise.ts';
import { formatProblem, nearestName } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readNamedText } from '#services/cli/named-file.ts';
import type { Records, Replay } from './replay.ts';

/** What the records of the sources are: `auto` looks at the first lines of each. */
export type SourceFormat = 'auto' | InputFormat | MappingFile;

/** Works out `--input` and `--mapping`. @throws CommandFailure: usage, or 78 where the mapping is not valid */
export function sourceFormat(input: string, mappingFile: string | undefined): SourceFormat {
  if (mappingFile !== undefined) {
    if (input !== 'auto') throw new CommandFailure('give either --input or --mapping, not both', EXIT.usage);
    return readMapping(mappingFile);
  }
  if (input === 'auto' || INPUT_FORMATS.some((name) => name === input)) return input as SourceFormat;
  const near = nearestName(input, INPUT_FORMATS);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new CommandFailure(
    `--input ${input} is no known format.${hint} Formats: auto, ${INPUT_FORMATS.join(', ')}; for others, write a mapping file (--mapping)`,
    EXIT.usage,
  );
}

function readMapping(file: string): MappingFile {
  const mapping = parseMapping(readNamedText('mapping', file), file);
  if (mapping.ok) return mapping.value;
  throw new CommandFailure(mapping.error.map(formatProblem).join('\n'), EXIT.configuration);
}

export interface FoldOptions {
  readonly format: SourceFormat;
  /** What people are pseudonymised with; without it, the public key of reports. */
  readonly key?: PseudonymKey;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  /** Bytes read, and their sum (0 where unknown). */
  readonly onProgress: (done: number, of: number) => void;
}

/** Reads the sources in order and folds every record into the replay; stops early only when `signal` says so. */
export async function foldSources(replay: Replay, paths: readonly string[], options: FoldOptions): Promise<void> {
  const sources = await openSources(paths);
  if (!sources.ok) throw new CommandFailure(sources.error.message);
  const decoders = new Decoders(options);
  let source = '';
  let decoder: Decoder | undefined;
  for await (const batch of readRecords(sources.value)) {
    if (options.signal.aborted) break;
    if (batch.source !== source) decoder = undefined;
    source = batch.source;
    // A first batch may hold nothing but a line that is too long: then the next one says what the source is.
    const starts = decoder === undefined;
    decoder ??= decoders.for(batch);
    replay.takeRecords({ ...batch, firstOfSource: starts }, decoder, options.warn);
    if (starts && batch.count === 0) decoder = undefined;
    options.onProgress(batch.bytesRead, batch.bytesTotal);
  }
  for (const limit of decoders.limits()) options.warn(limit);
}

/** One decoder a format, made when the first source of that format comes. */
class Decoders {
  readonly #options: FoldOptions;
  readonly #pseudonymiser: Pseudonymiser;
  readonly #decoders = new Map<InputFormat | MappingFile, Decoder>();

  constructor(options: FoldOptions) {
    this.#options = options;
    this.#pseudonymiser = createPseudonymiser(options.key ?? PUBLIC_REPLAY_KEY);
  }

  for(batch: Records): Decoder {
    const { format } = this.#options;
    const known = format === 'auto' ? this.#detect(batch) : format;
    const decoder = this.#decoders.get(known) ?? createDecoder({ pseudonymiser: this.#pseudonymiser, format: known });
    this.#decoders.set(known, decoder);
    return decoder;
  }

  /** What a decoder could not hold, in words. */
  limits(): string[] {
    const overflow = [...this.#decoders.values()].reduce((sum, { counters }) => sum + counters.internOverflow, 0);
    return overflow > 0 ? [`more different ids than the tables hold: ${overflow} were handled the slow way`] : [];
  }

  #detect(batch: Records): InputFormat {
    const detected = detectFormat(batch);
    if (detected.ok) return detected.value;
    // JSON of which not one line is whole is still more likely a damaged log of ours than anything else.
    if (batch.count > 0 && batch.buffer[batch.starts[0]] === '{'.charCodeAt(0)) {
      this.#options.warn(`${batch.source}: ${detected.error}; it is read as access events`);
      return ACCESS_EVENT_FORMAT;
    }
    throw new CommandFailure(`${batch.source}: ${detected.error}`, EXIT.usage);
  }
}
