import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reachedFrom, sourceFiles } from '../support/source-files.ts';
import type { Job, JobResult } from './job.ts';
import { jobName } from './job.ts';

/**
 * Runs jobs in processes of their own and keeps each result in a file, so that a run which was cut short goes on where it
 * was. Results are kept by what made them: a change of detector, response or simulator makes others.
 */

const CHILD = fileURLToPath(new URL('run-job.ts', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Digest of all code that a result depends on. */
export function codeDigest(): string {
  const hash = createHash('sha256');
  const files = sourceFiles(['libs', 'services', 'test/power']);
  const needed = reachedFrom(['test/power/job.ts'], files);
  for (const { path, text } of files) {
    if (needed.has(path)) hash.update(path).update('\0').update(text).update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

export interface PoolOptions {
  readonly folder: string;
  /** What the results are kept under; a run stops where the code no longer has it. */
  readonly digest: string;
  /** Processes at the same time. */
  readonly processes: number;
  readonly signal: AbortSignal;
  readonly onResult: (done: number, of: number, name: string, kept: boolean) => void;
}

/** Gives the results in the order of the jobs; fewer than the jobs if `signal` was aborted. */
export async function runJobs(jobs: readonly Job[], options: PoolOptions): Promise<JobResult[]> {
  mkdirSync(options.folder, { recursive: true });
  const file = (job: Job, end: string) => join(options.folder, `${jobName(job)}${end}`);
  let done = 0;
  const queue = jobs.filter((job) => {
    const kept = existsSync(file(job, '.json'));
    if (kept) options.onResult(++done, jobs.length, jobName(job), true);
    return !kept;
  });
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined && !options.signal.aborted; job = queue.shift()) {
      if (codeDigest() !== options.digest) throw new Error('the code changed during the run: start it again');
      writeFileSync(file(job, '.job'), JSON.stringify(job));
      await runChild([file(job, '.job'), file(job, '.json')], options.signal);
      if (!options.signal.aborted) options.onResult(++done, jobs.length, jobName(job), false);
    }
  };
  await Promise.all(Array.from({ length: options.processes }, work));
  return jobs
    .filter((job) => existsSync(file(job, '.json')))
    .map((job) => JSON.parse(readFileSync(file(job, '.json'), 'utf8')) as JobResult);
}

function runChild(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'ignore', 'inherit'], signal });
  child.on('error', (error) => (signal.aborted ? resolve() : reject(error)));
  child.on('close', (code) => {
    if (code === 0 || signal.aborted) resolve();
    else reject(new Error(`${relative(HERE, CHILD)} ${args[0]} ended with ${code}`));
  });
  return promise;
}
