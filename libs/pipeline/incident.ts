/** An open incident of one account-channel: small, few, plain JSON in a snapshot. */
export interface Incident {
  readonly id: string;
  revision: number;
  readonly openedMs: number;
  readonly startedMs: number;
  /** Bits of the rungs reached. */
  rungs: number;
  kind: 'mass_enumeration' | 'quota_exceeded' | 'bulk_recheck' | 'honeytoken';
  /** When each rung was last announced, ms, in ladder order (0: never). */
  readonly announcedMs: number[];
  /** Score of the latest revision. */
  lastScore: number;
  lastElevatedMs: number;
  exposed: number;
  /** People exposed by insurer (its number in the log, '' unknown). */
  readonly byInsurer: Map<string, number>;
}

/** What a row's incident is: none, one of numbers only (from which is learnt, so that a quota can grow to its account), one with a score. */
export const INCIDENT_OF_QUOTA = 1;
export const INCIDENT_SCORED = 2;
