import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TheftFigures } from './exposure.ts';
import { theftFigures } from './exposure.ts';
import type { HonestFigures } from './honest.ts';
import { honestFigures } from './honest.ts';
import type { SimulatedPortal } from './portal/portal.ts';
import { simulatePortal } from './portal/portal.ts';
import type { Replayed } from './replayed.ts';
import { replay } from './replayed.ts';

/** One portal: simulated, read by the product, and what came of it. */
export interface PortalFigures {
  readonly portal: string;
  readonly seed: number;
  readonly events: number;
  /** Events that the product could not read, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly honest: HonestFigures;
  readonly thefts: readonly TheftFigures[];
  readonly campaigns: readonly {
    readonly kind: string;
    readonly time: string;
    readonly members: number;
    /** Members whom nobody robbed. */
    readonly honest: number;
  }[];
}

export interface MeasureOptions {
  /** Where the log, its labels and the replay's result go. */
  readonly folder: string;
  readonly contained?: boolean;
  /** More options of `vigie replay`. */
  readonly options?: readonly string[];
  readonly signal?: AbortSignal;
}

export async function measure(name: string, seed: number, options: MeasureOptions): Promise<PortalFigures> {
  const { folder, contained = false, options: more = [], signal } = options;
  const simulated = simulatePortal(name, seed);
  mkdirSync(folder, { recursive: true });
  const file = (end: string): string => join(folder, `${name}-${seed}${end}`);
  writeLog(file('.ndjson'), simulated);
  writeFileSync(file('.labels.json'), JSON.stringify(labelsOf(simulated)));
  const replayed = await replay({
    log: file('.ndjson'),
    labels: file('.labels.json'),
    warmUpDays: simulated.world.portal.warmUpDays,
    contained,
    options: more,
    signal,
  });
  writeFileSync(file('.replay.json'), JSON.stringify(replayed));
  return figuresOf(simulated, replayed, contained);
}

/** Written in pieces: a log may be half a gigabyte. */
function writeLog(file: string, { world, lines }: SimulatedPortal): void {
  const out = openSync(file, 'w');
  let piece: Buffer[] = [];
  for (const line of lines.inOrder(world.portal.byMinute === true)) {
    piece.push(line);
    if (piece.length < 5000) continue;
    writeSync(out, Buffer.concat(piece));
    piece = [];
  }
  writeSync(out, Buffer.concat(piece));
  closeSync(out);
}

function labelsOf({ thefts }: SimulatedPortal): unknown {
  return {
    attacks: thefts.map(({ id, accounts, startMs, endMs }) => ({
      id,
      kind: accounts.size === 1 ? id : 'campaign',
      accounts: [...accounts.keys()],
      start: new Date(startMs).toISOString(),
      end: new Date(endMs).toISOString(),
    })),
  };
}

function figuresOf(simulated: SimulatedPortal, replayed: Replayed, contained: boolean): PortalFigures {
  const { world, thefts } = simulated;
  const robbed = new Set(thefts.flatMap((theft) => [...theft.accounts.keys()]));
  return {
    portal: world.name,
    seed: world.seed,
    events: replayed.run.events,
    rejected: replayed.run.rejected,
    honest: honestFigures(simulated, replayed),
    thefts: theftFigures(thefts, replayed, contained),
    campaigns: replayed.campaigns.map(({ kind, time, accounts }) => ({
      kind,
      time,
      members: accounts.length,
      honest: accounts.filter((account) => !robbed.has(account)).length,
    })),
  };
}
