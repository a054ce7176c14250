import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { InvariantError } from '#libs/base/assert.ts';
import { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { VERSION } from '#services/cli/version.ts';
import type { Replay } from './replay.ts';

/** Raise when what a replay saves changes. */
const CHECKPOINT_VERSION = 5;

/** What must be the same before and after the cut for the result to be that of one run. */
export interface CheckpointHeader {
  readonly checkpoint: number;
  readonly version: string;
  /** Digests of the lanes' policies. */
  readonly policies: readonly string[];
  readonly containment: 'simulate' | 'off';
  /** Digest of the labels; '' without. */
  readonly labels: string;
  /** Digest of the controls; '' without. */
  readonly controls: string;
}

export const checkpointHeader = (fields: Omit<CheckpointHeader, 'checkpoint' | 'version'>): CheckpointHeader => ({
  checkpoint: CHECKPOINT_VERSION,
  version: VERSION,
  ...fields,
});

/** Writes the replay's whole state; a file of that name is replaced only by a whole one. */
export function writeCheckpoint(file: string, header: CheckpointHeader, replay: Replay): void {
  const writer = new SnapshotWriter();
  writer.json(header);
  replay.save(writer);
  const part = `${file}.part`;
  try {
    writeFileSync(part, writer.finish(), { flush: true });
    renameSync(part, file);
  } catch (error) {
    throw new CommandFailure(`checkpoint ${file} cannot be written: ${messageOf(error)}`);
  }
}

/** Brings `replay` to where the checkpoint was written. @throws CommandFailure where it does not fit or is damaged */
export function readCheckpoint(file: string, header: CheckpointHeader, replay: Replay): void {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CommandFailure(`checkpoint ${file} cannot be read: ${messageOf(error)}`);
  }
  try {
    const reader = new SnapshotReader(bytes);
    const saved = reader.json() as CheckpointHeader;
    for (const key of Object.keys(header) as (keyof CheckpointHeader)[]) {
      if (JSON.stringify(saved[key]) === JSON.stringify(header[key])) continue;
      throw new CommandFailure(
        `checkpoint ${file} was written with another ${key}: go on with the same one, or replay from the start`,
        EXIT.usage,
      );
    }
    replay.load(reader);
  } catch (error) {
    if (error instanceof InvariantError || error instanceof SyntaxError)
      throw new CommandFailure(`checkpoint ${file} is damaged: ${error.message}. Replay from the start`);
    throw error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
