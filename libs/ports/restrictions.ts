import type { AccountRestriction } from '#libs/model/action-record.ts';

/**
 * The list a portal's gateway asks on every request: answered from memory, so reading it neither waits nor fails.
 */
export interface RestrictionList {
  /** The account's restriction; `undefined` where there is none. One whose end has passed is still given until it is taken back. */
  get(accountId: string): AccountRestriction | undefined;
  /** Puts the account's newest restriction in force; one with a lower or equal `seq` than the present one changes nothing. */
  put(restriction: AccountRestriction): void;
  /** Accounts under a restriction, in no particular order. */
  entries(): Iterable<AccountRestriction>;
}
