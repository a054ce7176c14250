/**
 * Where a service gets the time from. Live it is the machine's; in a simulation, in tests and in the demo's compressed
 * week it is the simulated one, so that expiries, budgets and retries follow the events.
 */
export interface Clock {
  /** ms since the epoch. */
  nowMs(): number;
}

/** The machine's own clock. */
export const SYSTEM_CLOCK: Clock = { nowMs: () => Date.now() };
