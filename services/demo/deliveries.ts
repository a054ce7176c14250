import type { Delivery } from '#services/simulate/simulation.ts';

/** The portal's requests in order, with a look at the next one before it is taken. */
export class Deliveries {
  readonly #source: Iterator<Delivery>;
  #next: Delivery | undefined;
  #isEnded: boolean = false;

  constructor(source: Iterator<Delivery>) {
    this.#source = source;
  }

  /** undefined once there are none left. */
  peek(): Delivery | undefined {
    if (this.#next !== undefined || this.#isEnded) return this.#next;
    const { value, done } = this.#source.next();
    if (done) this.#isEnded = true;
    // The simulator's times have fractions; a portal's clock and the lines themselves have milliseconds.
    else this.#next = { ...value, arrivalMs: Math.floor(value.arrivalMs), timeMs: Math.floor(value.timeMs) };
    return this.#next;
  }

  /** Takes the one that `peek` shows. */
  take(): Delivery | undefined {
    const delivery = this.peek();
    this.#next = undefined;
    return delivery;
  }
}
