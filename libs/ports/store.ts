import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import type { Alert } from '#libs/model/alert.ts';

/** Topics the responder writes to, without their prefix. */
export const OUTBOUND_TOPICS = ['alerts', 'actions', 'restrictions', 'controls'] as const;
export type OutboundTopic = (typeof OUTBOUND_TOPICS)[number];

/** A record to be published. It is stored with the change that it tells of, and so can neither be lost nor be a lie. */
export interface OutboundRecord {
  /** Deterministic: a reader that meets it twice knows. */
  readonly id: string;
  readonly topic: OutboundTopic;
  readonly key: string;
  /** CloudEvents type. */
  readonly type: string;
  readonly timeMs: number;
  /** JSON. */
  readonly body: string;
}

/** One line of the audit log as it is written. */
export interface AuditEntry {
  readonly atMs: number;
  /** A person's name as they signed in, or `vigie`. */
  readonly actor: string;
  /** `action.planned`, `account.reenabled`, … */
  readonly verb: string;
  /** Id of the account, action or breaker concerned. */
  readonly subject: string;
  readonly detail: string;
}

/** One line of the audit log as it is kept: each holds the hash of the one before it. */
export interface AuditRecord extends AuditEntry {
  /** 1, 2, … without a gap. */
  readonly seq: number;
  readonly previous: string;
  /** SHA-256 over `previous` and the line, hex. */
  readonly hash: string;
}

/**
 * What people's decisions are kept as, beside the actions that follow from them; and what several processes have to agree
 * on: how often a throttled account was let through, and who of them is at work on something.
 */
export const CASE_KINDS = ['verdict', 'containment', 'campaign', 'confirmation', 'admissions', 'lease'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** One thing that people decided or are asked to decide, as one document. */
export interface CaseDocument {
  readonly kind: CaseKind;
  /** Unique within its kind. */
  readonly id: string;
  /** The account concerned; '' where it is no single one. */
  readonly accountId: string;
  /** True while there is something left to do on it by itself. */
  readonly open: boolean;
  /** 1, 2, …: a writer must name the one after what it read. */
  readonly version: number;
  readonly updatedMs: number;
  /** JSON. */
  readonly body: string;
}

/** A set of changes that happens as a whole or not at all. */
export interface StoreCommit {
  /** The new planning state, and the version of the one it was made from. */
  readonly planning?: { readonly readVersion: number; readonly snapshot: string };
  /** Kept as its incident's latest word unless a later revision is there already. */
  readonly alert?: Alert;
  /** New actions. An id that is there already is a conflict. */
  readonly actions?: readonly ActionRecord[];
  /** Changed actions: each carries the version after the one it was made from. */
  readonly changes?: readonly ActionRecord[];
  /** Each carries the `seq` after the one it was made from, 1 where there was none. */
  readonly restrictions?: readonly AccountRestriction[];
  /** Each carries the `version` after the one it was made from, 1 where there was none. */
  readonly cases?: readonly CaseDocument[];
  readonly audit?: readonly AuditEntry[];
  /** How far partitions of topics have been taken in: the offset of the next record wanted. Never goes back. */
  readonly positions?: readonly { readonly topic: string; readonly partition: number; readonly next: number }[];
  /** Records to publish; one whose id was given before is not taken twice. */
  readonly outbox?: readonly OutboundRecord[];
}

/** Incidents, actions, restrictions, audit: what has to outlive the process. */
export interface ResponseStore {
  /** Version 0 and '' before the first commit of one. */
  readPlanning(): Promise<{ readonly version: number; readonly snapshot: string }>;
  /** Durable when it resolves with true. False: somebody else changed something first, and nothing was written. */
  commit(change: StoreCommit): Promise<boolean>;

  /** The latest revision of an incident. */
  incident(alertId: string): Promise<Alert | undefined>;
  /** Latest revisions, newest event time first. */
  incidents(limit: number): Promise<Alert[]>;
  action(id: string): Promise<ActionRecord | undefined>;
  /** All actions of an account, oldest first. */
  actionsOf(accountId: string): Promise<ActionRecord[]>;
  /** Actions in one state, oldest first. */
  actionsIn(state: ActionRecord['state'], limit: number): Promise<ActionRecord[]>;
  /** Actions with something to do at `nowMs`, the longest overdue first. */
  dueActions(nowMs: number, limit: number): Promise<ActionRecord[]>;
  /** When the next action falls due, ms; 0: nothing will. */
  nextDueMs(): Promise<number>;
  restriction(accountId: string): Promise<AccountRestriction | undefined>;
  /** Every account's present restriction, `none` left out. */
  restrictions(): Promise<AccountRestriction[]>;

  caseDocument(kind: CaseKind, id: string): Promise<CaseDocument | undefined>;
  /** Latest changed first. */
  cases(kind: CaseKind, limit: number): Promise<CaseDocument[]>;
  /** All of one account, the oldest change first. */
  casesOf(kind: CaseKind, accountId: string): Promise<CaseDocument[]>;
  /** Those with something left to do, the longest unchanged first. */
  openCases(kind: CaseKind): Promise<CaseDocument[]>;

  /** The offset of the next record wanted; `undefined` where the partition was never read. */
  position(topic: string, partition: number): Promise<number | undefined>;

  /** Records still to publish, in the order of their commits. */
  unsent(limit: number): Promise<OutboundRecord[]>;
  markSent(ids: readonly string[]): Promise<void>;
  /**
   * Does `work` while no other instance on this store does any: two that publish the same records side by side could
   * leave an older one last on a topic that keeps only the last. False: another one was at it for too long, and `work`
   * was not begun. Absent where a store has but one instance.
   */
  exclusively?(work: () => Promise<void>): Promise<boolean>;

  /** Lines of the audit log from `fromSeq` on. */
  audit(fromSeq: number, limit: number): Promise<AuditRecord[]>;
  close(): Promise<void>;
}
