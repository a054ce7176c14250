import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { assert } from '#libs/base/assert.ts';
import { EXIT } from '#services/cli/exit-code.ts';
import type { Figures } from './figure.ts';
import type { BenchEntry } from './registry.ts';
import { BENCHES } from './registry.ts';

/** `npm run bench [-- NAME…]`: progress to stderr, one JSON object last on stdout. */

const listed = (entries: readonly BenchEntry[]): string =>
  entries
    .map(({ name, measures, figures }) => `  ${name.padEnd(10)} ${measures}\n${' '.repeat(13)}${figures.join(', ')}`)
    .join('\n');

const usage = (entries: readonly BenchEntry[]): string =>
  `Usage: npm run bench [-- NAME… --json FILE]\n\nWithout a name, everything is measured, one after the other.\n\n${listed(entries)}\n\n--json FILE  also writes the figures to a file\n--help       this text`;

/** What is said, and where: a test takes its own. */
export interface BenchOutput {
  out(text: string): void;
  err(text: string): void;
}

const PROCESS: BenchOutput = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
};

/** Runs the benches named in `args`; gives the exit code. */
export async function runBenches(
  args: readonly string[],
  entries: readonly BenchEntry[] = BENCHES,
  { out, err }: BenchOutput = PROCESS,
): Promise<number> {
  const parsed = parseLine(args);
  if (typeof parsed === 'string') {
    err(`error: ${parsed}\n\n${usage(entries)}`);
    return EXIT.usage;
  }
  if (parsed.help) {
    out(usage(entries));
    return EXIT.done;
  }
  const unknown = parsed.names.filter((name) => !entries.some((entry) => entry.name === name));
  if (unknown.length > 0) {
    err(`error: no bench is called ${unknown.join(', ')}; there are:\n${listed(entries)}`);
    return EXIT.usage;
  }
  const chosen = entries.filter(({ name }) => parsed.names.length === 0 || parsed.names.includes(name));
  const figures: Figures = {};
  for (const [i, entry] of chosen.entries()) {
    const started = performance.now();
    err(`${i + 1}/${chosen.length} ${entry.name}: ${entry.measures}`);
    const measured = await (await entry.load())();
    const given = Object.keys(measured).sort().join(', ');
    assert(given === [...entry.figures].sort().join(', '), `bench ${entry.name} gave ${given}`);
    for (const name of entry.figures) {
      const figure = measured[name]!;
      figures[name] = figure;
      err(`    ${name} ${figure.value} ${figure.unit}`);
    }
    err(`    (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  }
  err(`${cpus().length} cores of ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`);
  const text = JSON.stringify({ figures });
  if (parsed.json !== undefined) writeFileSync(parsed.json, `${text}\n`);
  out(text);
  return EXIT.done;
}

function parseLine(args: readonly string[]): { names: string[]; json: string | undefined; help: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'string' }, help: { type: 'boolean', default: false } },
    });
    return { names: positionals, json: values.json, help: values.help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

if (import.meta.main) process.exitCode = await runBenches(process.argv.slice(2));
