import { readFileSync } from 'node:fs';
import { CommandFailure, EXIT } from './exit-code.ts';

/** Files that somebody names on the command line, and what is said where one cannot be read. */

/**
 * The bytes of a file.
 * @param what its part in the command: `mapping`, `controls`, …
 * @throws CommandFailure with exit code 78 where it cannot be read
 */
export function readNamedFile(what: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadableFile(what, file, error);
  }
}

/** The same as text. */
export const readNamedText = (what: string, file: string): string => readNamedFile(what, file).toString('utf8');

/** What is thrown for a file that cannot be read. */
export function unreadableFile(what: string, file: string, error: unknown): CommandFailure {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  return new CommandFailure(`${what} file ${file} ${why}`, EXIT.configuration);
}
