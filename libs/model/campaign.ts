import type { Signal } from './signal.ts';

/** How a campaign was found. */
export const CAMPAIGN_KINDS = ['shared_infrastructure', 'new_sources', 'rising_scores', 'split_sweep'] as const;
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];

/** What accounts were counted by. */
export const CAMPAIGN_KEYS = [
  'network',
  'device',
  'asn',
  'client',
  'portal',
  'profession',
  'region',
  'profession_region',
  'register',
] as const;
export type CampaignKeyKind = (typeof CAMPAIGN_KEYS)[number];

/** One count that stands out. */
export interface CampaignEvidence {
  readonly kind: CampaignKind;
  readonly key: CampaignKeyKind;
  /** The network's or device's hash, the number of the autonomous system, the group's name. */
  readonly value: string;
  /** For rising scores: the watch level, nats. 0 otherwise. */
  readonly level: number;
  /** Accounts (an establishment counts once) within `days` and how many were expected, rounded to thousandths. */
  readonly observed: number;
  readonly expected: number;
  readonly days: number;
  /** -ln of the probability of so many or more by chance, rounded to thousandths. */
  readonly nats: number;
}

export interface CampaignMember {
  readonly account: Signal['account'];
  /** When the account first did what made it a member, and when it was named, event time, ms. */
  readonly sinceMs: number;
  readonly namedMs: number;
}

/**
 * Several accounts that do the same at once. It keeps its `id` (a hash of its first evidence and its day) through its
 * revisions, which come when members or evidence are added.
 */
export interface Campaign {
  readonly id: string;
  /** 1, 2, … */
  readonly revision: number;
  readonly kind: CampaignKind;
  /** When it was first named, and when this revision was made, event time, ms. */
  readonly namedMs: number;
  readonly timeMs: number;
  /** First sign of any member, event time, ms. */
  readonly startedMs: number;
  /** By account id. */
  readonly members: readonly CampaignMember[];
  /** Strongest first. */
  readonly evidence: readonly CampaignEvidence[];
  /** Ids of campaigns that were named apart and turned out to be this one. */
  readonly absorbed: readonly string[];
  /** Estimated share of members who are there by chance, 0 to 1, rounded to thousandths. */
  readonly fdr: number;
}
