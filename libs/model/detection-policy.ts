import type { Rung } from './alert.ts';
import type { AccountClass, Profession } from './codes.ts';
import type { PeerBaseline } from './peer-baseline.ts';

/**
 * The part of the policy that `step` reads: plain data, checked and frozen by the policy file's parser before it gets
 * here. Thresholds are scores in nats; factors have no unit; delays are in hours.
 */
export interface DetectionPolicy {
  /** SHA-256 of the canonical policy, hex: goes into alerts and into a run's header. */
  readonly digest: string;
  /** Score from which each rung is reached. `throttle` is normally reached by quota, so its score is high. */
  readonly thresholds: Readonly<Record<Rung, number>>;
  /** Streams switched off by name (for ablation and for installations that lack the data). */
  readonly disabledStreams: readonly string[];
  /** Pseudonyms (32 hex digits) of planted people whom nobody can have met. */
  readonly honeytokens?: readonly string[] | undefined;
  readonly quota: QuotaPolicy;
  /** Knots of the benign tail of each stream's maximum per account-month, by stream name. */
  readonly tails: Readonly<Record<string, TailKnots>>;
  /** The same for the accounts of one class alone, where its months were enough; `tails` where a stream is not named. */
  readonly classTails?: Readonly<Partial<Record<AccountClass, Readonly<Record<string, TailKnots>>>>> | undefined;
  /** What groups of peers are expected to be like until the own accounts have shown it; without it, what is built in. */
  readonly baseline?: PeerBaseline | undefined;
  /** Per profession: the shortest delay after which a missing follow-up counts; shorter horizons are silent. */
  readonly followUpFrom: Readonly<Record<Profession, FollowUpFrom>>;
  /**
   * How long after it was announced a rung that still holds is announced again, ms: well before a restriction ends by itself,
   * so that it is renewed without a gap. Absent: {@link ANNOUNCE_AGAIN_MS}.
   */
  readonly announceAgainMs?: number | undefined;
}

/** For restrictions of a day, the default. */
export const ANNOUNCE_AGAIN_MS = 12 * 3_600_000;

/** Delays after which cohorts of people are judged, shortest first; `never`: this profession does not bill here. */
export const FOLLOW_UP_FROM = ['30m', '3h', '1d', '9d', 'never'] as const;
export type FollowUpFrom = (typeof FOLLOW_UP_FROM)[number];

/** Limits start at factor × (the account's own mean + offset): detection scaled to the account, not to the profession. */
export interface QuotaPolicy {
  readonly hourFactor: number;
  readonly hourOffset: number;
  readonly dayFactor: number;
  readonly dayOffset: number;
  readonly unfollowedFactor: number;
  readonly unfollowedOffset: number;
  /** New people a day an account of this profession is expected to see before anything is known of it. */
  readonly priorNewPerDay: Readonly<Record<Profession, number>>;
}

/** Upper quantiles of a stream's monthly maximum over honest accounts, in nats of evidence. */
export interface TailKnots {
  /** Exceeded by one honest account-month in a hundred. */
  readonly q99: number;
  /** Exceeded by one in a thousand. */
  readonly q999: number;
}
