import type { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import { Table64 } from '#libs/base/table64.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { PlannedAction } from '#libs/model/action.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';

/**
 * The portal of `--containment simulate`: refuses in the replay what a portal that obeys the restrictions would have
 * refused. It knows no more than such a portal, except for step_up: labels say whether a thief or the holder would have
 * been asked for the second factor. A thief has none; the holder passes.
 */

const HOUR_MS = 3_600_000;

interface Held {
  readonly rung: RestrictingRung;
  /** Ends by itself, ms; 0: only a person ends it. */
  readonly untilMs: number;
  /** Number of the last event before it: a person looked up by then is known. */
  readonly since: number;
  hour: number;
  newThisHour: number;
}

/** Pairs (account, person) by when they were first seen; one table serves every policy of a replay. */
export class PairsSeen {
  readonly #pairs = new Table64(1);
  /** Number of the event that is being taken. */
  now = 0;

  /** Counts one event; returns the number of the pair's first event. */
  see(event: AccessEvent): number {
    this.now++;
    if (!event.hasPerson) return this.now;
    const isNew = this.#pairs.insert(pairLo(event), pairHi(event));
    const { slots, at } = this.#pairs;
    if (isNew) slots[at] = this.now;
    return slots[at] >>> 0;
  }

  save(writer: SnapshotWriter): void {
    writer.number(this.now);
    this.#pairs.save(writer);
  }

  load(reader: SnapshotReader): void {
    this.now = reader.number();
    this.#pairs.load(reader);
  }
}

const pairLo = (event: AccessEvent): number => event.personLo ^ event.accountLo;
const pairHi = (event: AccessEvent): number => event.personHi ^ event.accountHi;

const REFUSED = 1;
const ADMITTED = 2;

export class SimulatedPortal {
  readonly #newPerHour: number;
  readonly #isThief: (accountId: string, timeMs: number) => boolean;
  readonly #held = new Map<string, Held[]>();
  /** What became of pairs of accounts that were ever restricted: the log alone does not say. */
  readonly #fate = new Table64(1);
  /** Events refused, by rung. */
  readonly refused: Record<RestrictingRung, number> = { step_up: 0, throttle: 0, suspend: 0 };

  /** @param isThief whether the labels say that the account is in a thief's hands at that time */
  constructor(newPerHour: number, isThief: (accountId: string, timeMs: number) => boolean) {
    this.#newPerHour = newPerHour;
    this.#isThief = isThief;
  }

  /** Enforces an action from the next event on. One that is renewed goes on counting: it is still the same hour. */
  enforce({ accountId, rung, untilMs, timeMs }: PlannedAction, now: number): void {
    const held = this.#held.get(accountId) ?? [];
    const others = held.filter((h) => h.rung !== rung);
    const before = held.find((h) => h.rung === rung && timeMs < h.untilMs);
    this.#held.set(accountId, [...others, { since: now, hour: -1, newThisHour: 0, ...before, rung, untilMs }]);
  }

  /** Whether the portal answers this event. @param firstSeen what `PairsSeen.see` said */
  admits(event: AccessEvent, firstSeen: number): boolean {
    const held = this.#held.get(event.accountId);
    if (!held) return true;
    const rung = held.find((h) => this.#refuses(h, event, firstSeen))?.rung;
    if (event.hasPerson) {
      this.#fate.insert(pairLo(event), pairHi(event));
      this.#fate.slots[this.#fate.at] = rung === undefined ? ADMITTED : REFUSED;
    }
    if (rung === undefined) return true;
    this.refused[rung]++;
    return false;
  }

  #refuses(held: Held, event: AccessEvent, firstSeen: number): boolean {
    const { timeMs } = event;
    if (held.untilMs > 0 && timeMs >= held.untilMs) return false;
    if (held.rung === 'suspend') return true;
    if (held.rung === 'step_up') return this.#isThief(event.accountId, timeMs);
    if (!event.hasPerson || this.#isKnown(held, event, firstSeen)) return false;
    const hour = Math.floor(timeMs / HOUR_MS);
    if (hour !== held.hour) {
      held.hour = hour;
      held.newThisHour = 0;
    }
    if (held.newThisHour >= this.#newPerHour) return true;
    held.newThisHour++;
    return false;
  }

  #isKnown(held: Held, event: AccessEvent, firstSeen: number): boolean {
    if (this.#fate.find(pairLo(event), pairHi(event))) return this.#fate.slots[this.#fate.at] === ADMITTED;
    return firstSeen <= held.since;
  }

  save(writer: SnapshotWriter): void {
    writer.json([[...this.#held], this.refused]);
    this.#fate.save(writer);
  }

  load(reader: SnapshotReader): void {
    const [held, refused] = reader.json() as [[string, Held[]][], Record<RestrictingRung, number>];
    for (const [account, list] of held) this.#held.set(account, list);
    Object.assign(this.refused, refused);
    this.#fate.load(reader);
  }
}
