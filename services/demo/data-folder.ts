/**
 * The demo's data folder: a lock, the pseudonym key, and a sub-folder for each start. A start begins afresh, because a
 * simulated portal whose past differs from the log's would tell a story that is not in the data. The run before is kept
 * to be looked at; older ones are removed, which is said.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderInUseError, lockFolder } from '#libs/adapters/file-log/folder-lock.ts';
import { CommandFailure } from '#services/cli/exit-code.ts';

const RUN = /^run-(\d{4,})$/;
/** Only folders that hold this file are ever removed. */
const MARKER = 'made-by-vigie-demo';
const EARLIER_RUNS_KEPT = 1;

export interface DemoFolder {
  /** Sub-folder of this start. */
  readonly run: string;
  /** Earlier runs that were removed, by name. */
  readonly removed: readonly string[];
  /** To be called at the end; the end of the process does it too. */
  unlock(): void;
}

/** @throws CommandFailure where another demo runs on the folder, or where it cannot be written */
export function openDemoFolder(path: string): DemoFolder {
  let unlock: (() => void) | undefined;
  try {
    mkdirSync(path, { recursive: true });
    unlock = lockFolder(path);
    const runs = readdirSync(path)
      .filter((name) => RUN.test(name))
      .sort((a, b) => numberOf(a) - numberOf(b));
    const ours = runs.filter((name) => existsSync(join(path, name, MARKER)));
    const removed = ours.slice(0, Math.max(0, ours.length - EARLIER_RUNS_KEPT));
    for (const name of removed) rmSync(join(path, name), { recursive: true, force: true });
    const number = runs.length === 0 ? 1 : numberOf(runs.at(-1)!) + 1;
    const run = join(path, `run-${String(number).padStart(4, '0')}`);
    mkdirSync(run);
    writeFileSync(join(run, MARKER), '');
    return { run, removed, unlock };
  } catch (error) {
    unlock?.();
    throw failure(path, error);
  }
}

const numberOf = (run: string): number => Number(RUN.exec(run)![1]);

function failure(path: string, error: unknown): unknown {
  if (error instanceof FolderInUseError) {
    return new CommandFailure(`a demo is running already: ${error.message} (--data DIR)`);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  return new CommandFailure(`the data folder ${path} cannot be used (${code}); name another one with --data DIR`);
}
