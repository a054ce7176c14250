/**
 * One person at one desk, as the log shows it: sign-in where the session is new, search, look-up, slips and second tries,
 * the family, the billing later. Thieves' look-ups are written by the same code.
 */

import type { Random } from '#libs/base/random.ts';
import { mix32 } from '#libs/base/random.ts';
import {
  ACTION_CLAIM,
  ACTION_LOGIN,
  ACTION_PEC,
  ACTION_RIGHTS,
  ACTION_SEARCH,
  CHANNEL_API,
  CHANNEL_WEB,
  OUTCOME_DENIED,
  OUTCOME_ERROR,
  OUTCOME_FOUND,
  OUTCOME_NOT_FOUND,
  OUTCOME_SUCCESS,
} from '#libs/model/codes.ts';
import type { SimAccount } from './accounts.ts';
import { DAY_MS } from './calendar.ts';
import { drawFollowUpTime, minutesLater } from './follow-ups.ts';
import { isOut } from './outages.ts';
import { drawUncovered } from './patients.ts';
import { TYPO_NONE, TYPO_SLIP, typo } from './people.ts';
import type { Person } from './register.ts';
import { memberOf, slotOf } from './register.ts';
import { Row } from './rows.ts';
import type { Device, Network } from './sources.ts';
import type { World } from './world.ts';

const SESSION_IDLE_MS = 45 * 60_000;
const DUPLICATES = 0.0008;

/** A browser or program that is signed in. */
export interface Session {
  channel: number;
  device: Device;
  network: Network;
  /** 0 before the first sign-in. */
  id: number;
  lastMs: number;
}

export const newSession = (channel: number, device: Device, network: Network): Session => ({
  channel,
  device,
  network,
  id: 0,
  lastMs: 0,
});

export interface VisitOptions {
  /** Share of found people who are billed. */
  readonly followUp: number;
  /** Local day and its midnight in UTC, for billing on another day. */
  readonly day: number;
  readonly midnightMs: number;
  /** Where billing is done: its own session, or the same. */
  readonly billing: Session;
}

export class VisitWriter {
  readonly #world: World;
  readonly #row = new Row();
  account: SimAccount;
  random: Random;
  /** Attack index that rows are labelled with, -1 none. */
  attack = -1;
  /** Whether people who turn out not to be on file come from all over the country, as on a stolen list. */
  scattered = false;
  /** Arrivals between these times are held back until `outageEndMs`. */
  outageStartMs = 0;
  outageEndMs = 0;
  #attackSequence = 0;
  readonly #duplicates: boolean;

  constructor(world: World, account: SimAccount, random: Random) {
    this.#world = world;
    this.account = account;
    this.random = random;
    this.#duplicates = world.config.hardCases.has('duplicates');
  }

  /** Thefts number their events apart from the account's own, so that honest ones stay as they were. */
  startSequence(attack: number): void {
    this.#attackSequence = 0x4000_0000 + attack * 0x0010_0000;
  }

  /** Writes one event; `timeMs` is when it happened. */
  write(
    session: Session,
    timeMs: number,
    action: number,
    outcome: number,
    person: Person,
    typoCode = TYPO_NONE,
    rows = 1,
  ): void {
    const { account, random } = this;
    const row = this.#row;
    row.account = account.index;
    row.timeMs = Math.floor(timeMs) + account.clockSkewMs;
    row.channel = session.channel;
    row.action = action;
    row.outcome = outcome;
    row.person = person;
    row.typo = typoCode;
    row.rows = rows;
    row.device = session.device;
    row.network = session.network;
    row.session = session.id;
    row.attack = this.attack;
    row.sequence = this.attack < 0 ? account.sequence++ : this.#attackSequence++;
    // Mostly a tenth of a second to the log, now and then some seconds.
    const transit = 20 + random.exponential(random.uniform() < 0.02 ? 3000 : 110);
    row.arrivalMs = Math.floor(timeMs + transit);
    if (timeMs >= this.outageStartMs && timeMs < this.outageEndMs)
      row.arrivalMs = this.outageEndMs + Math.floor(transit * 20);
    this.#world.calendar.push(row);
    if (this.#duplicates && random.uniform() < DUPLICATES) {
      row.arrivalMs += 200 + Math.floor(random.exponential(60_000));
      this.#world.calendar.push(row);
    }
  }

  /** Signs in where the session is new or was idle. Programs hold one session a day and sign in by token. */
  open(session: Session, timeMs: number): void {
    if (session.id !== 0 && timeMs - session.lastMs < SESSION_IDLE_MS) {
      session.lastMs = Math.max(timeMs, session.lastMs);
      return;
    }
    session.id = mix32(this.random.uint32(), this.account.key) | 1;
    session.lastMs = timeMs;
    if (session.channel === CHANNEL_API) return;
    const signIn = timeMs - 4000 - this.random.exponential(15_000);
    if (this.random.uniform() < 0.03) this.write(session, signIn - 9000, ACTION_LOGIN, OUTCOME_DENIED, -1);
    this.write(session, signIn, ACTION_LOGIN, OUTCOME_SUCCESS, -1);
  }

  /**
   * Looks one person up, with the misses, searches and retries that belong to it. Returns when it ended, or NaN where the
   * file was not shown.
   */
  lookUp(session: Session, timeMs: number, person: Person, misses: number): number {
    const { random, account } = this;
    this.open(session, timeMs);
    let at = timeMs;
    const { outages, people } = this.#world;
    if (outages.length > 0 && isOut(outages, people.insurerOf(person), timeMs))
      return this.#failed(session, at, person);
    const u = random.uniform();
    if (u < misses) return this.#miss(session, at, person);
    if (u > 0.997) {
      this.write(session, at, ACTION_RIGHTS, OUTCOME_ERROR, person);
      at += 2000 + random.exponential(8000);
    }
    if (session.channel === CHANNEL_WEB && random.uniform() < account.habits.search) {
      this.write(
        session,
        at,
        ACTION_SEARCH,
        OUTCOME_FOUND,
        person,
        TYPO_NONE,
        1 + this.#world.people.register.dependants(slotOf(person)),
      );
      at += 3000 + random.exponential(9000);
    }
    this.write(session, at, ACTION_RIGHTS, OUTCOME_FOUND, person);
    session.lastMs = at;
    return at;
  }

  /** The insurer does not answer: one to three tries, all in vain. */
  #failed(session: Session, timeMs: number, person: Person): number {
    const { random } = this;
    let at = timeMs;
    for (let attempt = 0; attempt < 3; attempt++) {
      this.write(session, at, ACTION_RIGHTS, random.uniform() < 0.5 ? OUTCOME_ERROR : OUTCOME_NOT_FOUND, person);
      if (random.uniform() < 0.5) break;
      at += 20_000 + random.exponential(90_000);
    }
    session.lastMs = at;
    return Number.NaN;
  }

  /** Half the misses are slips, mostly corrected at once; the others are people whom this portal does not have. */
  #miss(session: Session, timeMs: number, person: Person): number {
    const { random } = this;
    if (random.uniform() < 0.5) {
      this.write(session, timeMs, ACTION_RIGHTS, OUTCOME_NOT_FOUND, person, typo(TYPO_SLIP, random.int(4096)));
      if (random.uniform() > 0.85) return Number.NaN;
      const at = timeMs + 8000 + random.exponential(25_000);
      this.write(session, at, ACTION_RIGHTS, OUTCOME_FOUND, person);
      session.lastMs = at;
      return at;
    }
    const stranger = drawUncovered(this.account, this.#world.people, random, this.scattered);
    const outcome = random.uniform() < 0.2 ? OUTCOME_DENIED : OUTCOME_NOT_FOUND;
    this.write(session, timeMs, ACTION_RIGHTS, outcome, stranger);
    if (random.uniform() < 0.3)
      this.write(session, timeMs + 5000 + random.exponential(20_000), ACTION_RIGHTS, outcome, stranger);
    return Number.NaN;
  }

  /** A whole visit: look-up, perhaps again, perhaps the family, and the billing. */
  visit(session: Session, timeMs: number, person: Person, options: VisitOptions): void {
    const { random, account } = this;
    const end = this.lookUp(session, timeMs, person, account.misses);
    if (Number.isNaN(end)) return;
    this.bill(person, end, options);
    if (random.uniform() < 0.06) this.lookUp(session, end + random.exponential(20 * 60_000), person, 0);
    const family = this.#world.people.register.dependants(slotOf(person));
    if (family > 0 && random.uniform() < 0.15) {
      const other = slotOf(person) * 4 + ((memberOf(person) + 1) % (family + 1));
      const at = this.lookUp(session, end + 15_000 + random.exponential(60_000), other, 0);
      if (!Number.isNaN(at)) this.bill(other, at, options);
    }
  }

  /** Asks for the prise en charge and claims, by the account's own share and delays. */
  bill(person: Person, timeMs: number, options: VisitOptions): void {
    const { random, account } = this;
    if (random.uniform() >= options.followUp) return;
    const { habits } = account;
    const { day, midnightMs, billing } = options;
    let at = drawFollowUpTime(account, habits.delays, timeMs, day, midnightMs, random);
    if (habits.asksPec && random.uniform() < 0.6) {
      const asked = minutesLater(timeMs, random);
      this.#followUp(billing, asked, ACTION_PEC, person);
      if (this.attack < 0) this.#world.openRequests.add(person);
      if (random.uniform() < 0.2) return;
      at = Math.max(at, asked + 60_000);
    }
    this.#followUp(billing, at, ACTION_CLAIM, person);
  }

  #followUp(billing: Session, timeMs: number, action: number, person: Person): void {
    const { random } = this;
    // A later day's session is another one; only its identifier matters, the sign-in of that day is in its own visits.
    const session = { ...billing, id: mix32(billing.device, Math.floor(timeMs / (DAY_MS / 2))) | 1 };
    if (random.uniform() < 0.01) this.write(session, timeMs - 20_000, action, OUTCOME_ERROR, person);
    this.write(session, timeMs, action, OUTCOME_SUCCESS, person);
  }
}
