import type { AccountClass, Profession } from './codes.ts';

/**
 * What one partition tells about an account for the detection of campaigns: attacks that many accounts show together and
 * none shows alone. Few (new sources and scores that rise past a level, never one an event) and without personal data.
 *
 * `timeMs` is the partition's clock (its newest event time) and never falls within a partition.
 */
interface SignalBase {
  readonly timeMs: number;
  readonly account: {
    readonly id: string;
    readonly class: AccountClass;
    readonly profession: Profession;
    /** Department code, '' unknown. */
    readonly department: string;
    /** Hash of the organisation, hex; '' unknown. Accounts of one establishment move together. */
    readonly org: string;
  };
}

/** An account came from a network or a device that is new to it. */
export interface SourceSignal extends SignalBase {
  readonly signal: 'source';
  /** Hash of the network (/24, /48) and of the device, hex; '' where it is not new or not in the log. */
  readonly network: string;
  readonly device: string;
  /** New in everything the log shows of a source: with a usual device it is a journey, on a usual network a purchase. */
  readonly whole: boolean;
  /** Number of the autonomous system, 0 unknown, and hash of the client's name, hex, '' unknown: new or not. */
  readonly asn: number;
  readonly client: string;
}

/** An account's score rose past a watch level below the alert's. */
export interface RiseSignal extends SignalBase {
  readonly signal: 'rise';
  /** Position in `WATCH_LEVELS`. */
  readonly level: number;
  /** The part of the score that no shared cause moves, nats, rounded to thousandths. */
  readonly score: number;
  /** Where people were born is all there is to it: holidays bring that to a whole region at once. */
  readonly territoryOnly: boolean;
  /** New people today, and as many as were expected of a worked day. */
  readonly newPeople: number;
  readonly expectedPeople: number;
}

/**
 * An account asked for a NIR that nobody has although its key is right: nobody's finger slipped. What is told of the number is
 * too coarse to tell anything of a person.
 */
export interface MissSignal extends SignalBase {
  readonly signal: 'miss';
  /** Which of `REGISTER_BUCKETS` the register of births (sex, month and place) falls into: over a thousand are in each. */
  readonly register: number;
  /** Sixteen bits of the person's pseudonym: one number tried by several accounts is one. */
  readonly number: number;
}

export const REGISTER_BUCKETS = 65_536;

export type Signal = SourceSignal | RiseSignal | MissSignal;

/** Scores, nats, at which an account begins to matter if others rise with it. Positions are in signals: append only. */
export const WATCH_LEVELS = [2, 3.5, 5, 6.5, 9] as const;
