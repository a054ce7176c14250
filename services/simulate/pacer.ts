import { setTimeout as sleep } from 'node:timers/promises';

/** Shorter waits are not worth a timer. */
const LEAST_WAIT_MS = 20;

/** Maps simulated time to the clock on the wall: `speed` simulated seconds a second, from the first event on. */
export class Pacer {
  readonly #speed: number;
  #wallStartMs = Number.NaN;
  #firstMs = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** How long to wait, ms, until an event of that time is due; 0 where it is due or nearly. */
  waitMs(timeMs: number): number {
    if (Number.isNaN(this.#wallStartMs)) {
      this.#wallStartMs = performance.now();
      this.#firstMs = timeMs;
    }
    const wait = this.#wallStartMs + (timeMs - this.#firstMs) / this.#speed - performance.now();
    return wait < LEAST_WAIT_MS ? 0 : wait;
  }

  /** Waits until an event of that time is due, or until `signal` aborts. */
  async until(timeMs: number, signal: AbortSignal): Promise<void> {
    for (let wait = this.waitMs(timeMs); wait > 0 && !signal.aborted; wait = this.waitMs(timeMs)) {
      await sleep(Math.min(wait, 2 ** 31 - 1), undefined, { signal }).catch(() => undefined);
    }
  }
}
