import { MIN_KEY_BYTES, PUBLIC_REPLAY_KEY } from '#libs/intake/index.ts';
import type { PseudonymKey } from '#libs/intake/pseudonymise.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readNamedFile } from '#services/cli/named-file.ts';

/**
 * The key of `--key ID=FILE`; without it the public one, which is good for reports and for nothing that is kept.
 * @throws CommandFailure: usage, or 78 where the file will not do; says nothing of what stands in it
 */
export function pseudonymKey(option: string | undefined): PseudonymKey {
  if (option === undefined) return PUBLIC_REPLAY_KEY;
  const [, id, file] = /^([^=]+)=(.+)$/.exec(option) ?? [];
  if (id === undefined || file === undefined)
    throw new CommandFailure('--key is written ID=FILE, as in the configuration of the detector', EXIT.usage);
  if (id === PUBLIC_REPLAY_KEY.id) throw new CommandFailure(`--key: ${id} is the id of the public key`, EXIT.usage);
  const bytes = readNamedFile('key', file);
  // As a service reads it: without the line end that editors put there.
  const key = bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes;
  if (key.length >= MIN_KEY_BYTES) return { id, key };
  throw new CommandFailure(
    `${file}: the key has ${key.length} bytes, at least ${MIN_KEY_BYTES} are needed`,
    EXIT.configuration,
  );
}
