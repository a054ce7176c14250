/**
 * The simulator as a part for others: ask for traffic, take it as lines, as objects or as decoded events, and learn at the
 * end what was theft. Every iteration is a run of its own from the start; the same configuration gives the same run.
 */
import { assert } from '#libs/base/assert.ts';
import { Random } from '#libs/base/random.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { AttackPlan } from './attack-plan.ts';
import { planAttacks } from './attack-plan.ts';
import { AttackRunner } from './attacks.ts';
import type { SimulationConfig } from './config.ts';
import { DEFAULT_CONFIG } from './config.ts';
import { simulateDay } from './day.ts';
import { EventEncoder } from './encode-event.ts';
import { LineEncoder, MAX_LINE_BYTES } from './encode-line.ts';
import type { Labels } from './labels.ts';
import { makeLabels } from './labels.ts';
import type { Row } from './rows.ts';
import { VisitWriter } from './visits.ts';
import type { World } from './world.ts';
import { makeWorld } from './world.ts';

const CHUNK_BYTES = 256 * 1024;
const LINE_END = 10;

/** One event on its way to the log, for whoever decides whether the portal lets it through. */
export interface Delivery {
  readonly line: string;
  /** When the log gets it and what time it says, ms since the epoch. */
  readonly arrivalMs: number;
  readonly timeMs: number;
  readonly accountId: string;
  /** Id of the attack it is part of, undefined for honest ones. */
  readonly attackId: string | undefined;
}

/** A decoded event with its truth. The same object each time, and so is its event. */
export interface DecodedDelivery {
  event: AccessEvent;
  arrivalMs: number;
  /** Index in the labels' attacks, -1 for honest ones. */
  attack: number;
}

export interface Simulation {
  readonly config: SimulationConfig;
  /** Access events, version 1, one JSON text each, without line ends, in order of arrival. */
  lines(): Generator<string>;
  /** The same as bytes with line ends, a buffer of about 256 KiB at a time: the fastest way to a file. */
  chunks(): Generator<Buffer>;
  /** The same, parsed. */
  events(): Generator<Record<string, unknown>>;
  deliveries(): Generator<Delivery>;
  decoded(): Generator<DecodedDelivery>;
  /** The truth about the last run; complete once that was read to its end. */
  labels(): Labels;
}

interface Run {
  readonly world: World;
  readonly runners: readonly AttackRunner[];
  events: number;
}

/** Throws ConfigError where the configuration asks for what it can't have (victims that don't exist, say). */
export function createSimulation(config: Partial<SimulationConfig> = {}): Simulation {
  const full: SimulationConfig = { ...DEFAULT_CONFIG, ...config };
  assert(full.accounts >= 1 && full.days >= 1, 'a simulation has at least one account and one day');
  let run: Run | undefined = startRun(full);
  let fresh = true;
  const begin = (): Run => {
    if (!fresh || run === undefined) run = startRun(full);
    fresh = false;
    return run;
  };
  return {
    config: full,
    *lines() {
      const r = begin();
      const encoder = new LineEncoder(r.world);
      for (const row of rows(r)) yield encoder.encode(row);
    },
    *chunks() {
      const r = begin();
      const encoder = new LineEncoder(r.world);
      let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      let at = 0;
      for (const row of rows(r)) {
        at = encoder.encodeInto(row, chunk, at);
        chunk[at++] = LINE_END;
        if (at + MAX_LINE_BYTES < CHUNK_BYTES) continue;
        yield chunk.subarray(0, at);
        // The reader may still be writing the last one.
        chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
        at = 0;
      }
      if (at > 0) yield chunk.subarray(0, at);
    },
    *events() {
      for (const line of this.lines()) yield JSON.parse(line) as Record<string, unknown>;
    },
    *deliveries() {
      const r = begin();
      const encoder = new LineEncoder(r.world);
      for (const row of rows(r)) {
        yield {
          line: encoder.encode(row),
          arrivalMs: row.arrivalMs,
          timeMs: row.timeMs,
          accountId: r.world.accounts[row.account]!.id,
          attackId: row.attack < 0 ? undefined : r.runners[row.attack]!.plan.id,
        };
      }
    },
    *decoded() {
      const r = begin();
      const encoder = new EventEncoder(r.world);
      let out: DecodedDelivery | undefined;
      for (const row of rows(r)) {
        const event = encoder.encode(row);
        out ??= { event, arrivalMs: 0, attack: -1 };
        out.arrivalMs = row.arrivalMs;
        out.attack = row.attack;
        yield out;
      }
    },
    labels() {
      assert(run !== undefined, 'a run was begun');
      return makeLabels(run.world, run.runners, run.events);
    },
  };
}

function startRun(config: SimulationConfig): Run {
  const world = makeWorld(config);
  const plans: AttackPlan[] = planAttacks(world);
  return { world, runners: plans.map((plan) => new AttackRunner(world, plan)), events: 0 };
}

/** All rows in order of arrival; the same object each time. */
function* rows(run: Run): Generator<Row> {
  const { world, runners } = run;
  const writer = new VisitWriter(world, world.accounts[0]!, new Random(0));
  // A local day may begin the evening before in UTC (La Réunion), so days are made one ahead of those that are read.
  for (let day = world.startDay; day <= world.endDay; day++) {
    if (day < world.endDay) for (const account of world.accounts) simulateDay(world, account, day, writer);
    world.openRequests.closeDay();
    // An attack is run a day behind: what it repeats (padding) has been served by then.
    for (const runner of runners) runner.runDay(day - 1);
    for (const row of world.calendar.take(day - 1)) {
      run.events++;
      yield row;
    }
  }
}
