import type { DirectoryAccount } from '#libs/model/containment.ts';

/** Lists the portal's accounts: for what concerns many of them at once. */
export interface AccountDirectory {
  /** Every account once, in any order. Throws where the list cannot be read as a whole: half a list would mislead. */
  accounts(): AsyncIterable<DirectoryAccount>;
}
