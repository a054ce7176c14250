/**
 * What the response needs of whoever keeps the accounts: read one, block it, end its sessions, give it back. Nothing
 * else: a connector's credential and code must not be able to do more than this port names.
 */

/** An account as its keeper shows it. */
export interface AccountView {
  readonly enabled: boolean;
  /** Live sessions, offline ones included. */
  readonly sessions: number;
  /** The next sign-in must show a second factor. */
  readonly stepUpRequired: boolean;
  /** Whether the account has a second factor to ask for; `unknown` where the keeper does not say. */
  readonly secondFactor: 'yes' | 'no' | 'unknown';
  /** When the oldest of its second factors was enrolled, ms; absent where the keeper does not say. */
  readonly secondFactorSinceMs?: number;
  /**
   * Whether the keeper can be asked. `no`: it only takes commands, nothing else of this view means anything, and its word
   * that it took one is all there is. `partly`: some of several keepers are so. Absent: `yes`.
   */
  readonly readable?: 'yes' | 'partly' | 'no';
}

/** The view of an account whose keeper only takes commands. */
export const COMMANDS_ONLY: AccountView = {
  enabled: true,
  sessions: 0,
  stepUpRequired: false,
  secondFactor: 'unknown',
  readable: 'no',
};

/** What a keeper may not offer. */
export const CONNECTOR_ABILITIES = ['disable', 'stepUp', 'endSessions'] as const;
export type ConnectorAbility = (typeof CONNECTOR_ABILITIES)[number];

/**
 * What came of a call. `unknown`: it may have been applied (a time-out, a connection lost after sending): read before
 * repeating. `denied`: our credential may not. `rejected`: the keeper will not, whatever we are allowed.
 * `partial`: of several keepers, some did it. Details are for people and hold no secret and no personal data.
 */
export type CallOutcome<T = undefined> =
  | { readonly outcome: 'done'; readonly value: T }
  | { readonly outcome: 'unknown'; readonly detail: string; readonly partial?: true }
  | { readonly outcome: 'not_found'; readonly detail: string }
  | { readonly outcome: 'denied'; readonly detail: string; readonly partial?: true }
  | { readonly outcome: 'rejected'; readonly detail: string; readonly partial?: true }
  | { readonly outcome: 'throttled'; readonly detail: string; readonly retryAfterMs: number; readonly partial?: true }
  | { readonly outcome: 'unavailable'; readonly detail: string; readonly partial?: true };
export type CallFailure = Exclude<CallOutcome, { outcome: 'done' }>;

/** Why a call is made: for the keeper's own history. */
export interface CallReason {
  readonly actionId: string;
  /** A person, or `vigie`. */
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
  /**
   * Aborted where something graver waits for this account: a call that only waits then ends early, as `unknown`. It is made
   * again later.
   */
  readonly hurry?: AbortSignal;
}

/**
 * Every method may be called again after any outcome and must then lead to the same state. None throws for what the
 * other side does or fails to do; each bounds its own waiting.
 */
export interface AccountConnector {
  /** Short name for records and metrics: `local`, `keycloak`. */
  readonly name: string;
  /** What this keeper does not offer: such a call answers `rejected`. Absent: it offers all. */
  readonly lacks?: readonly ConnectorAbility[];
  read(accountId: string): Promise<CallOutcome<AccountView>>;
  /** No sign-in any more. Running sessions may live on until `endSessions`. */
  disable(accountId: string, why: CallReason): Promise<CallOutcome>;
  /** Takes `disable` back. */
  enable(accountId: string, why: CallReason): Promise<CallOutcome>;
  /** The next sign-in must show what a thief with the password does not have. */
  requireStepUp(accountId: string, why: CallReason): Promise<CallOutcome>;
  /** Takes `requireStepUp` back. */
  clearStepUp(accountId: string, why: CallReason): Promise<CallOutcome>;
  /** The next sign-in must set a new password. Absent: this keeper does not offer it. */
  demandNewPassword?(accountId: string, why: CallReason): Promise<CallOutcome>;
  /** Ends every session, offline ones included, in a way that survives a later `enable`. */
  endSessions(accountId: string, why: CallReason): Promise<CallOutcome>;
}
