import type { CampaignEvidence, CampaignKind } from '#libs/model/campaign.ts';
import type { Signal } from '#libs/model/signal.ts';
import type { Chance } from './family.ts';
import type { GroupBook } from './group-book.ts';
import { createGroupBook } from './group-book.ts';
import type { MissBook } from './miss-book.ts';
import { createMissBook } from './miss-book.ts';
import type { SourceBook } from './source-book.ts';
import { createSourceBook } from './source-book.ts';

/** An open campaign's member. */
export interface Member {
  readonly account: Signal['account'];
  readonly unit: string;
  readonly sinceMs: number;
  readonly namedMs: number;
}

export interface OpenCampaign {
  readonly id: string;
  revision: number;
  kind: CampaignKind;
  namedMs: number;
  /** Members that were conspicuous today. */
  readonly activeToday: Set<string>;
  /** Last new member, account on one of its own networks and devices, or day with several conspicuous members. */
  lastActiveMs: number;
  readonly members: Map<string, Member>;
  /** By what it counts: the strongest so far. */
  readonly evidence: Map<string, CampaignEvidence>;
  /** Keys and groups that are its own: `kind key` of sources, `kind group` of groups with the first day counted. */
  readonly sources: Set<string>;
  readonly groups: Map<string, number>;
  /** Members expected by chance, by the key or group that brought them. */
  readonly chance: Map<string, Chance>;
  /** Campaigns that turned out to be this one. */
  readonly absorbed: string[];
  /** Set by the quarter that changed it. */
  changed: boolean;
}

export interface CampaignCounters {
  signals: number;
  /** Came after their quarter was closed: counted in the one that was open. */
  late: number;
  sourceKeysRefused: number;
  sourceEntriesRefused: number;
  unitsRefused: number;
  missesRefused: number;
  /** Counts that stood out but of whose accounts too few could be told from chance. */
  unattributed: number;
}

/** What is known of all accounts together: plain data, changed in place. Maps make snapshots through `snapshot.ts`. */
export interface CampaignState {
  /** Signals whose quarter of an hour is not over. */
  pending: Signal[];
  /** Everything before this time is counted, ms; 0 before the first signal. */
  closedMs: number;
  firstDay: number;
  day: number;
  /** Days learnt so far, faded. */
  knownDays: number;
  readonly sources: SourceBook;
  readonly groups: GroupBook;
  readonly misses: MissBook;
  /** By id, in the order of naming. */
  campaigns: Map<string, OpenCampaign>;
  counters: CampaignCounters;
}

export const createCampaignState = (): CampaignState => ({
  pending: [],
  closedMs: 0,
  firstDay: 0,
  day: 0,
  knownDays: 0,
  sources: createSourceBook(),
  groups: createGroupBook(),
  misses: createMissBook(),
  campaigns: new Map(),
  counters: {
    signals: 0,
    late: 0,
    sourceKeysRefused: 0,
    sourceEntriesRefused: 0,
    unitsRefused: 0,
    missesRefused: 0,
    unattributed: 0,
  },
});
