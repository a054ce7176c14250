import { readFileSync } from 'node:fs';
import type { ExitCode } from './exit-code.ts';
import { CommandFailure, EXIT } from './exit-code.ts';

/** Files that somebody names on the command line, and what is said where one cannot be read. */

/**
 * The bytes of a file.
 * @param what its part in the command: `mapping`, `controls`, …
 * @param exitCode where it is data and no configuration, another one
 * @throws CommandFailure with that exit code where it cannot be read
 */
export function readNamedFile(what: string, file: string, exitCode?: ExitCode): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadableFile(what, file, error, exitCode);
  }
}

/** The same as text. */
export const readNamedText = (what: string, file: string, exitCode?: ExitCode): string =>
  readNamedFile(what, file, exitCode).toString('utf8');

/** What is thrown for a file that cannot be read. */
export function unreadableFile(
  what: string,
  file: string,
  error: unknown,
  exitCode: ExitCode = EXIT.configuration,
): CommandFailure {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  return new CommandFailure(`${what} file ${file} ${why}`, exitCode);
}
