import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { Job } from './job.ts';
import { runJob } from './job.ts';

/** The child process of one job: `run-job.ts JOB.json RESULT.json`. A result is there as a whole or not at all. */
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const [jobFile = '', resultFile = ''] = process.argv.slice(2);
const result = runJob(JSON.parse(readFileSync(jobFile, 'utf8')) as Job);
writeFileSync(`${resultFile}.part`, JSON.stringify(result));
renameSync(`${resultFile}.part`, resultFile);
