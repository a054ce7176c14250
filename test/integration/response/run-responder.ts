import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ResponderOrder } from './responder-process.ts';

const PROGRAM = fileURLToPath(new URL('./responder-process.ts', import.meta.url));

export interface ResponderRun {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  /** Calls that it made, where it lived to say so. */
  readonly calls: number;
  readonly stderr: string;
}

/** Runs one responder process to its end. @param path where its order is written */
export function runResponder(path: string, order: ResponderOrder): Promise<ResponderRun> {
  writeFileSync(path, JSON.stringify(order));
  const { promise, resolve, reject } = Promise.withResolvers<ResponderRun>();
  const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.on('error', reject);
  child.on('close', (code, signal) => resolve({ code, signal, calls: Number(stdout), stderr }));
  return promise;
}
