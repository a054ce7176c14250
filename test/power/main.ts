import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { EXIT } from '#services/cli/exit-code.ts';
import { interruption, watchInterruption } from '#services/cli/interruption.ts';
import { VERSION } from '#services/cli/version.ts';
import { figuresOf } from './figures.ts';
import { powerPage } from './page.ts';
import { FULL, planJobs, QUICK } from './plan.ts';
import { codeDigest, runJobs } from './pool.ts';

const USAGE = `Usage: npm run power [-- --quick] [--out DIR] [--processes N] [--benign-seeds N]

The statistical proof of detection on simulated, labelled traffic: honest accounts disturbed at each rung, people exposed by
each theft, how slow a theft may be, what each stream buys. Writes power.html and power.json, and prints the JSON's place.

--quick            a few minutes of CPU; too small to prove a budget
--out DIR          where pages and parts go (data/power); parts already there are not made again, as long as the code is
                   the same: a run that was interrupted goes on
--processes N      at the same time: 1 or 2 (1)
--benign-seeds N   honest simulations in place of the usual number, about 1,600 account-months each

Exit codes: 0 done, 1 failure, 2 usage, 130 interrupted (the pages are written from what was done).`;

async function main(args: readonly string[]): Promise<number> {
  const options = parseLine(args);
  if (typeof options === 'string') {
    process.stderr.write(options === '' ? '' : `error: ${options}\n\n`);
    (options === '' ? process.stdout : process.stderr).write(`${USAGE}\n`);
    return options === '' ? EXIT.done : EXIT.usage;
  }
  const { quick, out, processes, benignSeeds } = options;
  const size = quick ? QUICK : FULL;
  const jobs = planJobs({ ...size, benignSeeds: benignSeeds ?? size.benignSeeds });
  const code = codeDigest();
  const started = performance.now();
  const results = await runJobs(jobs, {
    folder: join(out, code),
    digest: code,
    processes,
    signal: interruption,
    onResult: (done, of, name, kept) => {
      const minutes = ((performance.now() - started) / 60_000).toFixed(1);
      process.stderr.write(`${done}/${of} ${name}${kept ? ' (kept)' : ''} ${minutes} min\n`);
    },
  });
  if (results.length === 0) return EXIT.interrupted;
  const run = { version: VERSION, policy: defaultPolicy().digest, code, quick, done: results.length, of: jobs.length };
  const figures = figuresOf(results);
  mkdirSync(out, { recursive: true });
  const name = quick ? 'power-quick' : 'power';
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify({ run, figures }, undefined, 1)}\n`);
  writeFileSync(join(out, `${name}.html`), powerPage(run, figures));
  process.stdout.write(`${join(out, `${name}.html`)}\n${join(out, `${name}.json`)}\n`);
  return interruption.aborted ? EXIT.interrupted : EXIT.done;
}

interface Options {
  readonly quick: boolean;
  readonly out: string;
  readonly processes: number;
  readonly benignSeeds: number | undefined;
}

/** What was asked for; a text is what is wrong with it, '' where help was. */
function parseLine(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        out: { type: 'string', default: 'data/power' },
        processes: { type: 'string', default: '1' },
        'benign-seeds': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return '';
    const processes = Number(values.processes);
    if (processes !== 1 && processes !== 2) return '--processes is 1 or 2';
    const given = values['benign-seeds'];
    const benignSeeds = given === undefined ? undefined : Number(given);
    if (benignSeeds !== undefined && !(Number.isInteger(benignSeeds) && benignSeeds >= 1)) {
      return '--benign-seeds is a whole number of at least 1';
    }
    return { quick: values.quick, out: resolve(values.out), processes, benignSeeds };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

watchInterruption();
process.exitCode = await main(process.argv.slice(2));
