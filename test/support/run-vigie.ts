import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../services/cli/main.ts', import.meta.url));

/** Starts the real command line; its standard streams are pipes. */
export function startVigie(args: readonly string[]): ChildProcessWithoutNullStreams {
  const { FORCE_COLOR: _, ...env } = process.env;
  return spawn(process.execPath, [MAIN, ...args], { env: { ...env, NO_COLOR: '1' } });
}

export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the real command line as a process of its own.
 * @param input what it gets on standard input: bytes, or the standard output of another command
 */
export function runVigie(args: readonly string[], input: string | Uint8Array | Readable = ''): Promise<CommandRun> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandRun>();
  const child = startVigie(args);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, stdout, stderr }));
  // A command that ends before it has read everything closes the pipe: no fault of the test.
  child.stdin.on('error', () => undefined);
  if (input instanceof Readable) input.pipe(child.stdin);
  else child.stdin.end(input);
  return promise;
}
