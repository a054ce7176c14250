import { assert } from '#libs/base/assert.ts';

/** Enough to reach back over everything that is on its way through the product at any moment. */
const REMEMBERED = 4096;

interface Moment {
  readonly accountId: string;
  readonly timeMs: number;
  readonly wallMs: number;
}

/**
 * When the portal handed each of its last requests to the log, on the wall clock: what the way from a request to the
 * verified stop is measured from.
 */
export class Moments {
  readonly #ring: Moment[] = [];
  #next = 0;

  note(accountId: string, timeMs: number, wallMs: number): void {
    this.#ring[this.#next++ % REMEMBERED] = { accountId, timeMs, wallMs };
  }

  /**
   * When the deciding request was handed over: the account's own of that event time, or, where the passing of time itself
   * decided, the first one after it. `undefined` where that is too long ago.
   */
  wallMsOf(accountId: string, timeMs: number): number | undefined {
    let after: Moment | undefined;
    for (let back = 1; back <= Math.min(this.#next, REMEMBERED); back++) {
      const moment = this.#ring[(this.#next - back) % REMEMBERED];
      assert(moment !== undefined, 'the ring is filled up to its next place');
      if (moment.accountId === accountId && moment.timeMs === timeMs) return moment.wallMs;
      if (moment.timeMs > timeMs) after = moment;
    }
    return after?.wallMs;
  }
}
