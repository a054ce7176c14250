import type { Clock } from '#libs/ports/clock.ts';

/** The demo's time: that of the traffic. Expiries, budgets and retries follow it. It never goes back. */
export class SimulatedClock implements Clock {
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  advanceTo(timeMs: number): void {
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
  }
}
