import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process works in the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

/**
 * Makes this process the only one that writes in `folder`, until the returned function is called or the process ends in
 * whatever way. The lock is the operating system's, held through SQLite (Node has no call of its own for it): nothing stale
 * is left by kill -9, and no process id is trusted. Errors: {@link FolderInUseError}, naming the holder where it is known.
 */
export function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock'));
  const holderFile = join(folder, 'lock-holder');
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE;');
  } catch (cause) {
    database.close();
    if (!(cause instanceof Error) || !/locked|busy/i.test(cause.message)) throw cause;
    const holder = readHolder(holderFile);
    throw new FolderInUseError(
      `${folder} is in use by another process${holder}; stop it or choose another data folder`,
      {
        cause,
      },
    );
  }
  writeFileSync(holderFile, `${process.pid}\n`);
  return () => database.close();
}

function readHolder(file: string): string {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isSafeInteger(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}
