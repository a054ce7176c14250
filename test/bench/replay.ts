import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { Replay } from '#services/replay/replay.ts';
import { foldSources } from '#services/replay/sources.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';

const RUNS = 5;
const ACCOUNTS = 200;
const DAYS = 21;

/**
 * Measures `vigie replay FILE` end to end in process: a plain NDJSON file of simulated traffic (about 600 bytes an event)
 * read, decoded, pseudonymised, stepped and planned with the default policy. Not in it: starting Node, printing.
 */
export async function benchReplay(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    const file = join(folder, 'log.ndjson');
    const events = await writeLog(file);
    const perSecond: number[] = [];
    const cpuPerMillion: number[] = [];
    for (let run = -1; run < RUNS; run++) {
      const cpu = process.cpuUsage();
      const started = process.hrtime.bigint();
      const replay = new Replay({ lanes: [{ name: 'policy', policy: defaultPolicy(), containment: 'off' }] });
      await foldSources(replay, [file], {
        format: 'auto',
        signal: new AbortController().signal,
        warn: (message) => process.stderr.write(`${message}\n`),
        onProgress: () => undefined,
      });
      replay.end();
      const wallS = Number(process.hrtime.bigint() - started) / 1e9;
      const used = process.cpuUsage(cpu);
      if (replay.events + replay.duplicates !== events) throw new Error('the replay did not take every event');
      if (run < 0) continue; // warm-up
      perSecond.push(events / wallS);
      cpuPerMillion.push((used.user + used.system) / events);
    }
    return {
      replay_ndjson_events_per_s: figureOf(perSecond, 'events/s'),
      replay_ndjson_cpu_s_per_million: figureOf(cpuPerMillion, 's'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeLog(path: string): Promise<number> {
  const file = await open(path, 'w');
  let events = 0;
  let text = '';
  for (const line of createSimulation({ seed: 1, accounts: ACCOUNTS, days: DAYS }).lines()) {
    text += `${line}\n`;
    if (++events % 10_000 === 0) {
      await file.write(text);
      text = '';
    }
  }
  await file.write(text);
  await file.close();
  return events;
}
