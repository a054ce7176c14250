import { vi } from 'vitest';
import { runCommandLine } from '#services/cli/program.ts';
import type { CommandRun } from './run-vigie.ts';

/**
 * Runs the command line in this process and catches what it writes: fast, for everything but standard input, signals and
 * broken pipes (see `run-vigie.ts` for those). Not for commands at the same time.
 */
export async function runInProcess(args: readonly string[]): Promise<CommandRun> {
  let stdout = '';
  let stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const code = await runCommandLine(args);
    return { code, stdout, stderr };
  } finally {
    process.exitCode = before;
    out.mockRestore();
    err.mockRestore();
  }
}
