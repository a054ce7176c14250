import type { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import { Table64 } from '#libs/base/table64.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import { isLookup, OUTCOME_FOUND, OUTCOME_SUCCESS } from '#libs/model/codes.ts';
import type { Attack } from './labels.ts';

/**
 * Counts, for labelled attacks, the different people whose file an attack's accounts were shown before each account
 * reached each rung: what a rung leaves exposed. The look-up that makes an account reach a rung is counted, since its
 * answer is out by then.
 */

/** Bits in a person's word: shown while the account had not reached the rung; shown at all; shown and not refused. */
const ANYWAY = 1 << RUNGS.length;
const CONTAINED = ANYWAY << 1;
/** Shown and not refused, while no campaign had named the account. */
const UNNAMED = CONTAINED << 1;
const KINDS = RUNGS.length + 3;

/** A rung is passed by itself and by what lies above it, but a quota's throttle asks for no second factor. */
const PASSES: Readonly<Record<Rung, readonly Rung[]>> = {
  alert: ['alert'],
  step_up: ['alert', 'step_up'],
  throttle: ['alert', 'throttle'],
  suspend: ['alert', 'step_up', 'throttle', 'suspend'],
};

interface AttackState {
  readonly attack: Attack;
  readonly people: Table64;
  /** People by bit, in the order of RUNGS, then anyway, contained, unnamed. */
  readonly counts: number[];
  /** By account: bits of the rungs reached since the attack began. */
  readonly reached: Map<string, number>;
  /** Accounts that a campaign has named since the attack began. */
  readonly named: Set<string>;
  /** When the first of its accounts reached each rung, ms. */
  readonly firstMs: Map<Rung, number>;
  /** Events of its accounts in its time, of every kind. */
  events: number;
}

export interface AttackExposure {
  readonly attack: Attack;
  /** Events of its accounts in its time; 0: the attack is not in this log, and what it exposed is not known. */
  readonly events: number;
  /** People shown before each account reached the rung; all of them where it never did. */
  readonly before: Readonly<Record<Rung, number>>;
  /** First time one of the accounts reached the rung, ms; undefined: never. */
  readonly firstMs: Readonly<Partial<Record<Rung, number>>>;
  /** Accounts that reached the rung. */
  readonly accounts: Readonly<Record<Rung, number>>;
  readonly ifNobodyActed: number;
  /** People shown although the simulated portal enforced what was decided. */
  readonly contained: number;
  /** The same if people had stopped each account when a campaign named it. */
  readonly containedByCampaign: number;
}

export class AttackExposures {
  readonly #byAccount = new Map<string, AttackState[]>();
  readonly #attacks: AttackState[];

  constructor(attacks: readonly Attack[]) {
    this.#attacks = attacks.map((attack) => ({
      attack,
      people: new Table64(1),
      counts: new Array<number>(KINDS).fill(0),
      reached: new Map(),
      named: new Set(),
      firstMs: new Map(),
      events: 0,
    }));
    for (const state of this.#attacks) {
      for (const account of state.attack.accounts) {
        const states = this.#byAccount.get(account) ?? [];
        states.push(state);
        this.#byAccount.set(account, states);
      }
    }
  }

  /** Labelled attacks. */
  get size(): number {
    return this.#attacks.length;
  }

  /** Whether the account was being attacked at that time. */
  isUnderAttack(accountId: string, timeMs: number): boolean {
    return this.#at(accountId, timeMs).length > 0;
  }

  /** Id of the first attack that had begun on the account by then; '' for none. */
  attackOn(accountId: string, timeMs: number): string {
    return this.#byAccount.get(accountId)?.find(({ attack }) => timeMs >= attack.startMs)?.attack.id ?? '';
  }

  /** Whether the account is part of any attack at any time: such an account says nothing about honest ones. */
  isNamed(accountId: string): boolean {
    return this.#byAccount.has(accountId);
  }

  /** @param refused the simulated portal did not answer */
  takeEvent(event: AccessEvent, refused: boolean): void {
    const states = this.#at(event.accountId, event.timeMs);
    for (const state of states) state.events++;
    if (!isLookup(event.action)) return;
    // Rows of an answer that names nobody; 0 otherwise.
    const rows = event.hasPerson ? 0 : Math.max(1, Math.floor(event.rows));
    if (event.outcome !== OUTCOME_FOUND && event.outcome !== OUTCOME_SUCCESS) return;
    for (const state of states) {
      const reached = state.reached.get(event.accountId) ?? 0;
      const passes = refused ? 0 : state.named.has(event.accountId) ? CONTAINED : CONTAINED | UNNAMED;
      const shown = ((ANYWAY - 1) & ~reached) | ANYWAY | passes;
      let fresh = shown;
      if (rows === 0) {
        state.people.insert(event.personLo, event.personHi);
        const { slots, at } = state.people;
        fresh = shown & ~slots[at];
        slots[at] |= shown;
      }
      for (let bit = 0; bit < KINDS; bit++) if ((fresh & (1 << bit)) !== 0) state.counts[bit] += Math.max(1, rows);
    }
  }

  /** An account reached a rung (an alert says so at `timeMs`). Call it after `takeEvent` of the deciding event. */
  takeRung(accountId: string, rung: Rung, timeMs: number): void {
    for (const state of this.#byAccount.get(accountId) ?? []) {
      // What is found out after the end (a follow-up that never comes) still ends the exposure, which has ended anyway.
      if (timeMs < state.attack.startMs) continue;
      for (const passed of PASSES[rung]) {
        const bit = 1 << RUNGS.indexOf(passed);
        state.reached.set(accountId, (state.reached.get(accountId) ?? 0) | bit);
        if (!state.firstMs.has(passed)) state.firstMs.set(passed, timeMs);
      }
    }
  }

  /** A campaign named the account. */
  takeNamed(accountId: string, timeMs: number): void {
    for (const { attack, named } of this.#byAccount.get(accountId) ?? []) {
      if (timeMs >= attack.startMs) named.add(accountId);
    }
  }

  results(): AttackExposure[] {
    return this.#attacks.map(({ attack, events, counts, reached, firstMs }) => ({
      attack,
      events,
      before: byRung((_, i) => counts[i]),
      firstMs: Object.fromEntries(firstMs),
      accounts: byRung((_, i) => [...reached.values()].filter((bits) => (bits & (1 << i)) !== 0).length),
      ifNobodyActed: counts[RUNGS.length],
      contained: counts[RUNGS.length + 1],
      containedByCampaign: counts[RUNGS.length + 2],
    }));
  }

  save(writer: SnapshotWriter): void {
    for (const { people, counts, reached, firstMs, named, events } of this.#attacks) {
      people.save(writer);
      writer.json([counts, [...reached], [...firstMs], [...named], events]);
    }
  }

  load(reader: SnapshotReader): void {
    for (const state of this.#attacks) {
      state.people.load(reader);
      const [counts, reached, firstMs, named, events] = reader.json() as [
        number[],
        [string, number][],
        [Rung, number][],
        string[],
        number,
      ];
      state.events = events;
      state.counts.splice(0, KINDS, ...counts);
      for (const [account, bits] of reached) state.reached.set(account, bits);
      for (const [rung, timeMs] of firstMs) state.firstMs.set(rung, timeMs);
      for (const account of named) state.named.add(account);
    }
  }

  #at(accountId: string, timeMs: number): readonly AttackState[] {
    const states = this.#byAccount.get(accountId);
    if (!states) return NONE;
    return states.filter(({ attack }) => timeMs >= attack.startMs && timeMs <= attack.endMs);
  }
}

const NONE: readonly AttackState[] = [];

const byRung = (value: (rung: Rung, i: number) => number): Record<Rung, number> =>
  Object.fromEntries(RUNGS.map((rung, i) => [rung, value(rung, i)])) as Record<Rung, number>;
