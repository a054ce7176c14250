import { mkdir } from 'node:fs/promises';
import { SingleProcessLog } from '#libs/adapters/single-process/log.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { lockFolder } from './folder-lock.ts';
import type { Recovered } from './storage.ts';
import { FileStorage } from './storage.ts';

const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;

/** An event log in a folder. `recovered` tells what an earlier process left unfinished there (cut off, kept beside). */
export interface FileLog extends EventLog {
  readonly recovered: readonly Recovered[];
}

/**
 * Opens the event log kept in `folder` (made where it is missing) for this process alone. What was appended is on the disk
 * when `append` returns; a process killed in the middle of an append leaves nothing of it.
 * Errors: FolderInUseError where another process has it open; LogDamagedError when a damaged record is read.
 */
export async function openFileLog(options: {
  readonly folder: string;
  readonly nowMs: () => number;
  /** A new file is begun when one has grown to this size. */
  readonly segmentBytes?: number;
}): Promise<FileLog> {
  await mkdir(options.folder, { recursive: true });
  const unlock = lockFolder(options.folder);
  try {
    const storage = await FileStorage.open(options.folder, options.segmentBytes ?? DEFAULT_SEGMENT_BYTES);
    return new LockedFileLog(storage, options.nowMs, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

class LockedFileLog extends SingleProcessLog implements FileLog {
  readonly recovered: readonly Recovered[];
  readonly #unlock: () => void;

  constructor(storage: FileStorage, nowMs: () => number, unlock: () => void) {
    super(storage, nowMs);
    this.recovered = storage.recovered;
    this.#unlock = unlock;
  }

  override async close(): Promise<void> {
    await super.close();
    this.#unlock();
  }
}
