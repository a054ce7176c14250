import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InvariantError } from '#libs/base/assert.ts';
import type { BaselineFile } from '#libs/baseline/baseline-file.ts';
import { parseBaseline, peersOf } from '#libs/baseline/baseline-file.ts';
import { withBaseline } from '#libs/baseline/peers.ts';
import type { PeerBaseline } from '#libs/model/peer-baseline.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import { restore } from '#libs/pipeline/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readNamedText, unreadableFile } from '#services/cli/named-file.ts';
import { problemText } from '#services/policy/load-policy.ts';

/** What a run starts from. */
export interface BaselineStart {
  readonly digest: string;
  readonly peers: PeerBaseline;
  /** The companion's bytes, where the run may go on from them: then the groups stand in it, and the policy is as given. */
  readonly state: Uint8Array | undefined;
  /** SHA-256 of the companion, where it counts. */
  readonly stateSha256: string | undefined;
  /** What was taken and why, for the person who started the run. */
  readonly note: string;
}

export interface Surroundings {
  /** Policies of the run; the companion counts only where it was made with each of them. */
  readonly policies: readonly Policy[];
  /** Id of the key that the run pseudonymises people with. */
  readonly keyId: string;
  /** Why this kind of run has no use for the state of a whole log, if it has none. */
  readonly stateless?: string | undefined;
}

/**
 * Reads `--baseline`. A companion that does not fit (another policy, key or version) is passed over, and the note says so.
 * @throws CommandFailure with exit code 78 where the file is wrong, or the companion not the one it names
 */
export function readBaseline(file: string, surroundings: Surroundings): BaselineStart {
  const parsed = parseBaseline({ name: file, text: readNamedText('baseline', file) });
  if (!parsed.ok) throw new CommandFailure(problemText(parsed.error), EXIT.configuration);
  const { state: companion, period, groups } = parsed.value;
  const peers = peersOf(parsed.value);
  const archive = `${file}: a log from ${period.from.slice(0, 10)} to ${period.to.slice(0, 10)}, ${groups.length} groups`;
  const only = (why: string): BaselineStart => ({
    digest: peers.digest,
    peers,
    state: undefined,
    stateSha256: undefined,
    note: `${archive}. It starts from the groups only: ${why}`,
  });
  if (companion === undefined) return only('the file names no state.');
  const refused = refusal(parsed.value, surroundings);
  if (refused !== undefined) return only(refused);
  const place = resolve(dirname(file), companion.file);
  const bytes = readCompanion(place);
  if (bytes === undefined) return only(`${place} does not exist.`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== companion.sha256) {
    throw new CommandFailure(
      `${place} is not the state that ${file} was written with: its SHA-256 is another. Take both files from the same run`,
      EXIT.configuration,
    );
  }
  if (!isReadable(bytes, surroundings.policies[0]!)) {
    return only(`${place} was written by another version of Vigie. Write it again from the log.`);
  }
  const note = `${archive}. It goes on from the whole state, as if that log had been read.`;
  return { digest: peers.digest, peers, state: bytes, stateSha256: sha256, note };
}

/** The policy that a run which starts from the groups decides by. */
export function policyFrom(start: BaselineStart | undefined, policy: Policy): Policy {
  if (start === undefined || start.state !== undefined) return policy;
  const detection = withBaseline(policy.detection, start.peers);
  return { ...policy, digest: detection.digest, detection };
}

function refusal({ policy, state }: BaselineFile, { policies, keyId, stateless }: Surroundings): string | undefined {
  if (stateless !== undefined) return stateless;
  if (policies.some((p) => p.digest !== policy)) {
    return 'its state was learnt under another policy. Write it again with this one, calibration included.';
  }
  if (state!.key !== keyId)
    return `its people are pseudonymised with the key "${state!.key}", this run's is "${keyId}".`;
  return undefined;
}

function isReadable(bytes: Uint8Array, policy: Policy): boolean {
  try {
    restore(bytes, { policy: policy.detection });
    return true;
  } catch (error) {
    // Whole it is, by its digest; so it is of another layout.
    if (error instanceof InvariantError) return false;
    throw error;
  }
}

function readCompanion(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadableFile('baseline', file, error);
  }
}
