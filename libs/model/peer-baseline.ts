import type { AccountClass, Channel, Profession } from './codes.ts';

/**
 * What an installation has learnt of its groups of peers, as plain figures without any account or person in them: what a
 * run that starts from somebody's archive takes as its expectations until its own accounts have shown theirs.
 */
export interface PeerBaseline {
  /** SHA-256 of groups and areas, hex. */
  readonly digest: string;
  readonly groups: readonly PeerGroup[];
  readonly areas: readonly PeerArea[];
}

/** One group: class x profession x channel. Counts are of the archive's end: what is older has faded. */
export interface PeerGroup {
  readonly class: AccountClass;
  readonly profession: Profession;
  readonly channel: Channel;
  /** Account-channels of the group. */
  readonly accounts: number;
  /** Whether any look-up of the group was ever followed up. */
  readonly followed: boolean;
  /** New people a worked day, all people (known ones included), and how many accounts say so. */
  readonly daily?: { readonly fresh: number; readonly people: number; readonly accounts: number } | undefined;
  /** Beta prior of each trait by name: mean, strength in observations, accounts with enough observations. */
  readonly traits: Readonly<Record<string, PeerTrait>>;
  /** Negative-binomial size of the hourly counts, and the mass (squared means) behind it. */
  readonly dispersion?: { readonly size: number; readonly mass: number } | undefined;
  /** Account-days behind the shape of the week. */
  readonly worked: number;
  /** Per cent of the week's work in each hour (UTC) of each day. */
  readonly week: Readonly<Record<Weekday, readonly number[]>>;
  /** Days on which an account came from a new source, of days worked. */
  readonly sources: { readonly changes: number; readonly days: number };
  /** New people, and how many of them nobody had looked up; the others by how many accounts had (one class a doubling). */
  readonly unseen: { readonly people: number; readonly of: number };
  readonly seen: readonly number[];
  /** How many hours and days brought how many new people, by size class (two classes a doubling). */
  readonly hours: readonly number[];
  readonly days: readonly number[];
}

/** Days as hours are counted from the epoch, which was a Thursday. */
export const WEEKDAYS = ['thursday', 'friday', 'saturday', 'sunday', 'monday', 'tuesday', 'wednesday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface PeerTrait {
  readonly mean: number;
  readonly strength: number;
  readonly accounts: number;
}

/** Where the people were born whom a department's accounts serve. */
export interface PeerArea {
  readonly department: string;
  readonly people: number;
  /** Share by department of birth. */
  readonly births: Readonly<Record<string, number>>;
}
