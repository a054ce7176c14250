import { setTimeout as sleep } from 'node:timers/promises';

/** Waits shorter than this are not worth a timer. */
const LEAST_WAIT_MS = 4;

/**
 * Simulated time against the clock on the wall, at a speed that may change. Where the machine cannot keep up, simulated
 * time waits for it: a slow machine makes a longer demo, not another story.
 */
export class Tempo {
  #speed: number;
  #simulatedMs: number;
  #wallMs: number;
  readonly #now: () => number;

  /** @param speed simulated seconds a second @param now a steady clock, ms */
  constructor(startMs: number, speed: number, now: () => number = () => performance.now()) {
    this.#speed = speed;
    this.#simulatedMs = startMs;
    this.#now = now;
    this.#wallMs = now();
  }

  get speed(): number {
    return this.#speed;
  }

  setSpeed(speed: number): void {
    if (speed === this.#speed) return;
    this.#anchor(this.#simulatedMs + (this.#now() - this.#wallMs) * this.#speed);
    this.#speed = speed;
  }

  /** ms to wait until simulated `timeMs`; 0 where it is due. */
  waitMs(timeMs: number): number {
    const wait = (timeMs - this.#simulatedMs) / this.#speed - (this.#now() - this.#wallMs);
    if (wait <= 0) this.#anchor(timeMs);
    return wait < LEAST_WAIT_MS ? 0 : wait;
  }

  /** Resolves when simulated `timeMs` is due or `signal` is aborted. */
  async until(timeMs: number, signal: AbortSignal): Promise<void> {
    for (let wait = this.waitMs(timeMs); wait > 0 && !signal.aborted; wait = this.waitMs(timeMs)) {
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  }

  #anchor(simulatedMs: number): void {
    this.#simulatedMs = simulatedMs;
    this.#wallMs = this.#now();
  }
}
