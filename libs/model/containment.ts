import type { RestrictingRung } from './alert.ts';
import type { AccountClass, Profession } from './codes.ts';

/** An account as a directory lists it. */
export interface DirectoryAccount {
  readonly id: string;
  readonly class: AccountClass;
  readonly profession: Profession;
  /** The practice or organisation it belongs to, '' unknown. */
  readonly org: string;
  /** Department code, '' unknown. */
  readonly department: string;
}

/**
 * Which accounts a containment is about: all that is named must hold, and a class, an organisation or a campaign must be
 * named.
 */
export interface ContainmentSelector {
  readonly class?: AccountClass;
  readonly org?: string;
  /** Id of a campaign: its accounts, as it stands when it is looked at. */
  readonly campaign?: string;
  readonly profession?: Profession;
  readonly department?: string;
}

/**
 * proposed -> running <-> paused -> done -> reverting -> reverted; proposed -> cancelled. Running and paused may be
 * reverted as well.
 */
export const CONTAINMENT_STATES = [
  'proposed',
  'running',
  'paused',
  'done',
  'reverting',
  'reverted',
  'cancelled',
] as const;
export type ContainmentState = (typeof CONTAINMENT_STATES)[number];

/** Accounts of one profession in one department that a containment would take from patients. */
export interface ContainedGroup {
  readonly profession: string;
  readonly department: string;
  readonly affected: number;
  /** All accounts of the group that the directory lists. */
  readonly of: number;
}

/** Who would be hurt. */
export interface ContainmentPreview {
  /** Accounts to be restricted, sorted. */
  readonly accounts: readonly string[];
  /** SHA-256 of selector, rung and accounts, hex: what is approved is what was shown. */
  readonly digest: string;
  /** Protected accounts that are left out, and why they are protected. */
  readonly spared: readonly { readonly account: string; readonly reason: string }[];
  /** Of `accounts`: how many are restricted as much already. */
  readonly alreadyRestricted: number;
  /** Largest first. */
  readonly groups: readonly ContainedGroup[];
  /** Groups that would have no account left. */
  readonly emptied: readonly ContainedGroup[];
}

/** One containment of a class of accounts: asked by one person, approved by another, done in slices, reversible. */
export interface Containment {
  readonly id: string;
  readonly selector: ContainmentSelector;
  readonly rung: RestrictingRung;
  readonly reason: string;
  readonly accounts: readonly string[];
  readonly digest: string;
  readonly spared: ContainmentPreview['spared'];
  /** Accounts restricted at a time. */
  readonly sliceSize: number;
  /** Shortest time between two slices, ms. */
  readonly sliceEveryMs: number;
  /** How long each account stays restricted, ms; 0: until it is reverted. */
  readonly lengthMs: number;
  readonly state: ContainmentState;
  /** How many of `accounts` have been begun, in their order. */
  readonly begun: number;
  /** Where the last slice started. */
  readonly sliceFrom: number;
  /** Accounts left alone because a person gave them back after the containment was asked for. */
  readonly skipped: number;
  /** How many of those begun have been given back, while `reverting`. */
  readonly givenBack: number;
  /** Not before this time, ms: the next slice. */
  readonly nextSliceMs: number;
  readonly askedBy: { readonly id: string; readonly name: string };
  readonly approvedBy: { readonly id: string; readonly name: string } | '';
  readonly createdMs: number;
  /** The last change, in words. */
  readonly detail: string;
}
