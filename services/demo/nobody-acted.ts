import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SimulationConfig } from '#services/simulate/config.ts';
import type { AttackLabel, Labels } from '#services/simulate/labels.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

/** How many events are drawn before others get their turn. */
const TURN_EVENTS = 5_000;

/** What the same theft does to a portal that never refuses: the same traffic, drawn to the theft's end. */
export interface Unhindered {
  readonly attack: AttackLabel;
  readonly labels: Labels;
}

export async function withoutAnybodyActing(
  config: Partial<SimulationConfig>,
  attackEndMs: number,
  signal: AbortSignal,
): Promise<Unhindered> {
  const simulation = createSimulation(config);
  let events = 0;
  for (const { arrivalMs } of simulation.decoded()) {
    if (arrivalMs >= attackEndMs || signal.aborted) break;
    if (++events % TURN_EVENTS === 0) await nextTurn();
  }
  const labels = simulation.labels();
  return { attack: labels.attacks[0]!, labels };
}
