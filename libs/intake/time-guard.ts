import { assert } from '#libs/base/assert.ts';
import { AccessEvent, copyEvent } from '#libs/model/access-event.ts';

/**
 * Tells a clock that is wrong from time that moved on, for sources without arrival times (files, standard input).
 *
 * An event more than `aheadMs` ahead of the newest one taken is either a wrong clock, which must not drag the detector
 * into the future, or the first event after a quiet night. What follows tells: it is held until `lookAhead` more events
 * have come. If most of those stand at its time or beyond (less `aheadMs`), time really moved on and it is taken; else it
 * is rejected as `time_ahead`. The first event of all is held in the same way. At the end of the input those that came
 * decide; an event with nothing behind it is taken.
 *
 * Order is kept: what comes behind a held event waits behind it. In the common case nothing is held and nothing copied.
 */

const TIME_AHEAD_MS = 5 * 60_000;
const LOOK_AHEAD_EVENTS = 32;

export interface TimeGuardOptions {
  /** Gets every event that is taken, in order. The event is reused: valid during the call only. */
  readonly onEvent: (event: AccessEvent, source: string, position: number) => void;
  /** Gets the place of every event that is rejected as `time_ahead`, in order. */
  readonly onRejected: (source: string, position: number) => void;
  readonly aheadMs?: number;
  readonly lookAhead?: number;
}

/** A guard between two inputs. */
export interface TimeGuardState {
  /** null before the first event. */
  readonly newestMs: number | null;
  readonly held: readonly { readonly event: AccessEvent; readonly source: string; readonly position: number }[];
}

export class TimeGuard {
  readonly #onEvent: TimeGuardOptions['onEvent'];
  readonly #onRejected: TimeGuardOptions['onRejected'];
  readonly #aheadMs: number;
  readonly #lookAhead: number;
  #newestMs = Number.NEGATIVE_INFINITY;
  /** A ring of what is held; its first event is the one that waits for a decision. */
  readonly #held: { readonly event: AccessEvent; source: string; position: number }[];
  #first = 0;
  #count = 0;

  constructor({ onEvent, onRejected, aheadMs = TIME_AHEAD_MS, lookAhead = LOOK_AHEAD_EVENTS }: TimeGuardOptions) {
    assert(aheadMs >= 0 && lookAhead >= 1, 'a time guard looks ahead at one event or more');
    this.#onEvent = onEvent;
    this.#onRejected = onRejected;
    this.#aheadMs = aheadMs;
    this.#lookAhead = lookAhead;
    this.#held = Array.from({ length: lookAhead + 1 }, () => ({ event: new AccessEvent(), source: '', position: 0 }));
  }

  /** Takes the next decoded event of the source; `event` may be reused as soon as this returns. */
  push(event: AccessEvent, source: string, position: number): void {
    if (this.#count === 0 && event.timeMs <= this.#newestMs + this.#aheadMs) {
      if (event.timeMs > this.#newestMs) this.#newestMs = event.timeMs;
      this.#onEvent(event, source, position);
      return;
    }
    const slot = this.#held[(this.#first + this.#count) % this.#held.length];
    copyEvent(event, slot.event);
    slot.source = source;
    slot.position = position;
    this.#count++;
    while (this.#count > this.#lookAhead) this.#decideFirst();
  }

  /** The input is over: decides what is still held. More events may follow afterwards. */
  end(): void {
    while (this.#count > 0) this.#decideFirst();
  }

  /** What the guard remembers, as plain data: {@link TimeGuard.load} goes on from it where the input is cut in two. */
  toJSON(): TimeGuardState {
    return {
      newestMs: Number.isFinite(this.#newestMs) ? this.#newestMs : null,
      held: Array.from({ length: this.#count }, (_, i) => ({ ...this.#at(i), event: { ...this.#at(i).event } })),
    };
  }

  /** Takes over the state of another guard with the same options. */
  load({ newestMs, held }: TimeGuardState): void {
    assert(held.length < this.#held.length, 'a time guard cannot hold more than it looks ahead');
    this.#newestMs = newestMs ?? Number.NEGATIVE_INFINITY;
    this.#first = 0;
    this.#count = held.length;
    held.forEach(({ event, source, position }, i) => {
      Object.assign(this.#held[i], { source, position });
      copyEvent(event, this.#held[i].event);
    });
  }

  /** Decides the first held event by those behind it, then lets through what no longer has to wait. */
  #decideFirst(): void {
    this.#release(this.#timeMovedOn());
    while (this.#count > 0 && this.#at(0).event.timeMs <= this.#newestMs + this.#aheadMs) this.#release(true);
  }

  #timeMovedOn(): boolean {
    const threshold = this.#at(0).event.timeMs - this.#aheadMs;
    let beyond = 0;
    for (let i = 1; i < this.#count; i++) if (this.#at(i).event.timeMs >= threshold) beyond++;
    const seen = this.#count - 1;
    return seen === 0 || beyond * 2 > seen;
  }

  #release(taken: boolean): void {
    const { event, source, position } = this.#at(0);
    this.#first = (this.#first + 1) % this.#held.length;
    this.#count--;
    if (!taken) {
      this.#onRejected(source, position);
      return;
    }
    if (event.timeMs > this.#newestMs) this.#newestMs = event.timeMs;
    this.#onEvent(event, source, position);
  }

  #at(index: number): { readonly event: AccessEvent; readonly source: string; readonly position: number } {
    return this.#held[(this.#first + index) % this.#held.length];
  }
}
