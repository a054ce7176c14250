import type { AccountClass, Channel, Profession } from './codes.ts';

/** The ladder, lowest first. Each rung has its own budget of honest accounts disturbed. */
export const RUNGS = ['alert', 'step_up', 'throttle', 'suspend'] as const;
export type Rung = (typeof RUNGS)[number];
/** Rungs that restrict the account. */
export type RestrictingRung = Exclude<Rung, 'alert'>;

export const ALERT_KINDS = ['mass_enumeration', 'quota_exceeded', 'bulk_recheck', 'campaign', 'honeytoken'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One stream's share of the score, in figures an analyst can check. */
export interface Evidence {
  /** Name of the stream: `territory`, `no_follow_up`, `miss`, … */
  readonly name: string;
  /** Observed count, out of `of` occasions, where `expected` were expected from this account. */
  readonly observed: number;
  readonly of: number;
  readonly expected: number;
  /** Contribution to the score, in nats, rounded to thousandths. */
  readonly nats: number;
}

/** Honest explanations that compete with theft. */
export const BENIGN_NAMES = [
  'recheck',
  'moved',
  'age_group',
  'visitors',
  'billed_elsewhere',
  'billing_outage',
  'insurer_migration',
  'portal_trouble',
  'busy_day',
] as const;

/** The honest explanation that comes closest: how well it fits, 0 to 1, and how well it would have to. */
export interface BenignExplanation {
  readonly name: (typeof BENIGN_NAMES)[number];
  readonly fits: number;
  readonly needed: number;
}

/** People exposed at one insurer. `amc` is '' where the log does not say. */
export interface InsurerExposure {
  readonly amc: string;
  readonly people: number;
}

/**
 * What the detector says of one account on one channel. The same incident keeps its `id` (a hash of account, channel,
 * start and rule version) through its revisions, so a redelivered log makes the same alerts.
 */
export interface Alert {
  readonly id: string;
  /** 1, 2, … within the incident. */
  readonly revision: number;
  readonly status: 'created' | 'updated' | 'closed';
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** The rung that this revision reached; an update without a new rung repeats the highest so far. */
  readonly rung: Rung;
  /** Event time of the deciding event, ms. */
  readonly timeMs: number;
  /** Estimated start of the incident, ms. */
  readonly startedMs: number;
  readonly account: {
    readonly id: string;
    readonly class: AccountClass;
    readonly profession: Profession;
    /** Department code, '' unknown. */
    readonly department: string;
  };
  readonly channel: Channel;
  /** Rounded to thousandths. */
  readonly score: number;
  /** Distinct people whose file was shown between start and `timeMs`. */
  readonly exposed: number;
  readonly exposedByInsurer: readonly InsurerExposure[];
  /** Ranked, strongest first. */
  readonly evidence: readonly Evidence[];
  /** Absent where nothing honest comes near, and in closing records. */
  readonly benign?: BenignExplanation | undefined;
  /** New people in the current hour and day, and the quota each is held to. */
  readonly quota: {
    readonly hour: number;
    readonly hourLimit: number;
    readonly day: number;
    readonly dayLimit: number;
  };
  /** SHA-256 of the policy that decided, hex. */
  readonly policy: string;
}
