import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { BaselineFile } from '#libs/baseline/baseline-file.ts';
import { learntPeers } from '#libs/pipeline/baseline-learnt.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { snapshot } from '#libs/pipeline/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { yamlText } from '#services/policy/yaml-text.ts';

/**
 * `--baseline-out`: what a folded log has taught of the groups of peers, in a file that people can read and `--baseline`
 * starts from; with `--with-state`, the whole state beside it.
 */

const HEAD = ` What groups of peers are like, learnt from a log by Vigie: start from it with \`--baseline\`. It names no account and
 no person; groups and areas of fewer than five accounts are left out. Counts are those of the end, what is older has
 faded. Probabilities are of new people: \`miss\` nobody found, \`without_3h\` not billed within three hours, \`outside\` born
 where the account's people seldom are. Class n of \`hours\` and \`days\` ends below 2^((n + 1) / 2) - 1 new people.`;

export interface BaselineOptions {
  /** Where the file goes; undefined: it is not asked for. */
  readonly baselineOut?: string;
  readonly withState?: true;
  readonly force?: true;
}

/** What the run that taught it was. */
export interface LearntFrom {
  readonly policyDigest: string;
  readonly keyId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly events: number;
  readonly accounts: number;
}

/** The companion's name: that of the file with another ending. */
export const companionOf = (file: string): string => `${file.replace(/\.(ya?ml|json)$/, '')}.state`;

/** To be asked before hours of folding. @throws CommandFailure: usage */
export function refuseOverwriting({ baselineOut, withState, force }: BaselineOptions): void {
  if (baselineOut === undefined) {
    if (withState) throw new CommandFailure('--with-state needs --baseline-out', EXIT.usage);
    return;
  }
  const taken = [baselineOut, ...(withState ? [companionOf(baselineOut)] : [])].find((file) => existsSync(file));
  if (taken !== undefined && !force) throw new CommandFailure(`${taken} exists; --force writes over it`, EXIT.usage);
}

/** Writes the file, the companion before it. @returns what was written, in words; nothing where it is not asked for */
export function writeBaseline(
  { baselineOut, withState }: BaselineOptions,
  state: PipelineState,
  learntFrom: LearntFrom,
): string[] {
  if (baselineOut === undefined) return [];
  const { events, accounts } = learntFrom;
  if (events === 0) throw new CommandFailure(`${baselineOut} is not written: the log taught nothing`);
  const notes: string[] = [];
  let companion: BaselineFile['state'];
  if (withState) {
    const bytes = snapshot(state);
    const file = companionOf(baselineOut);
    // It holds account ids and pseudonyms of people.
    write(file, bytes, 0o600);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    companion = { file: basename(file), sha256, key: learntFrom.keyId };
    notes.push(`${file} written (${(bytes.length / 1e6).toFixed(1)} MB): it holds accounts and pseudonyms of people`);
  }
  const { groups, areas } = learntPeers(state);
  const file = {
    version: 1 as const,
    policy: learntFrom.policyDigest,
    period: { from: new Date(learntFrom.fromMs).toISOString(), to: new Date(learntFrom.toMs).toISOString() },
    accounts,
    events,
    ...(companion && { state: companion }),
    groups,
    areas,
  };
  write(baselineOut, yamlText(file, HEAD, 0), 0o644);
  notes.push(`${baselineOut} written: ${groups.length} groups, ${areas.length} areas.`);
  return notes;
}

function write(file: string, content: string | Uint8Array, mode: number): void {
  const part = `${file}.part`;
  try {
    writeFileSync(part, content, { flush: true, mode });
    renameSync(part, file);
  } catch (error) {
    throw new CommandFailure(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
