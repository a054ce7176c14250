import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { PortalFigures } from './measure.ts';
import { measure } from './measure.ts';
import { PORTALS } from './portal/portals.ts';
import { reportOf, totalsOf } from './report.ts';

/**
 * The second simulator. It was written without a look at the product's own and shares no line with it, nor with the
 * product: other people, practices, hard cases and thefts, other assumptions. What detection can do here was not tuned
 * here, so it is the guard against a detector that knows its own generator; nothing in it may come to be fitted to it.
 */

const EVERYTHING = Object.keys(PORTALS);
const QUICK = ['P1', 'P2', 'P8', 'P11', 'P12'];

const USAGE = `Usage: node test/power/second/main.ts [PORTAL[/SEED]…] [--quick] [--contained] [--policy FILE] [--keep DIR]

Simulates portals, replays their logs through vigie, and says what honest accounts and thieves met. Progress on standard
error; on standard output a table, and last the figures as one line of JSON.

Portals (seed 1 where none is given; all of them, about ten minutes of CPU, where no portal is):
${EVERYTHING.map((name) => `  ${name.padEnd(5)}${PORTALS[name].what}`).join('\n')}

--quick       ${QUICK.join(', ')} only
--contained   the portal does what is decided (people exposed: column "enforced")
--policy FILE the policy to replay with
--keep DIR    keep logs, labels and replays there; otherwise in a temporary folder while it runs

Exit codes: 0 done, 1 failure, 2 usage, 130 interrupted.`;

interface Plan {
  readonly jobs: readonly (readonly [portal: string, seed: number])[];
  readonly contained: boolean;
  readonly policy: string | undefined;
  readonly keep: string | undefined;
}

/** What was asked for; a text is what is wrong with it, '' where help was. */
function parseLine(args: readonly string[]): Plan | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        contained: { type: 'boolean', default: false },
        policy: { type: 'string' },
        keep: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return '';
    if (values.quick && positionals.length > 0) return '--quick names the portals itself';
    const named = positionals.length > 0 ? positionals : values.quick ? QUICK : EVERYTHING;
    const jobs = named.map((name) => {
      const [portal, seed = '1'] = name.split('/');
      if (!Object.hasOwn(PORTALS, portal)) throw new Error(`no portal ${portal}: there are ${EVERYTHING.join(', ')}`);
      if (!/^\d{1,9}$/.test(seed)) throw new Error(`${name}: a seed is a whole number`);
      return [portal, Number(seed)] as const;
    });
    return { jobs, contained: values.contained, policy: values.policy, keep: values.keep };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const plan = parseLine(args);
  if (typeof plan === 'string') {
    process.stderr.write(plan === '' ? '' : `error: ${plan}\n\n`);
    (plan === '' ? process.stdout : process.stderr).write(`${USAGE}\n`);
    return plan === '' ? 0 : 2;
  }
  const { jobs, contained, policy, keep } = plan;
  const options = policy === undefined ? [] : ['--policy', resolve(policy)];
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'vigie-second-')) : resolve(keep);
  process.once('exit', () => keep ?? rmSync(folder, { recursive: true, force: true }));
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  const { signal } = interruption;
  const portals: PortalFigures[] = [];
  for (const [portal, seed] of jobs) {
    const started = performance.now();
    const figures = await measure(portal, seed, { folder, contained, options, signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (figures === undefined) return 130;
    portals.push(figures);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stderr.write(
      `${portals.length}/${jobs.length} ${portal}/${seed}: ${figures.events} events, ${seconds} s\n`,
    );
    if (keep === undefined) rmSync(join(folder, `${portal}-${seed}.ndjson`));
    else writeFileSync(join(folder, `${portal}-${seed}.figures.json`), JSON.stringify(figures));
  }
  process.stdout.write(`${reportOf(portals)}\n`);
  process.stdout.write(`${JSON.stringify({ contained, totals: totalsOf(portals), portals })}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
