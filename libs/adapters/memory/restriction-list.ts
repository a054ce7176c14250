import type { AccountRestriction } from '#libs/model/action-record.ts';
import type { RestrictionList } from '#libs/ports/restrictions.ts';
import type { ResponseStore } from '#libs/ports/store.ts';

/** The restriction list in memory. What persists is the store's: see {@link loadRestrictionList}. */
export function createRestrictionList(initial: Iterable<AccountRestriction> = []): RestrictionList {
  const byAccount = new Map<string, AccountRestriction>();
  for (const restriction of initial) byAccount.set(restriction.accountId, restriction);
  const inForce = (r: AccountRestriction | undefined) => (r?.restriction === 'none' ? undefined : r);
  return {
    get: (accountId) => inForce(byAccount.get(accountId)),
    put(restriction) {
      const present = byAccount.get(restriction.accountId);
      if (!present || present.seq < restriction.seq) byAccount.set(restriction.accountId, restriction);
    },
    *entries() {
      for (const restriction of byAccount.values()) if (restriction.restriction !== 'none') yield restriction;
    },
  };
}

/** The list as the store has it: what a gateway must know before it answers its first request after a restart. */
export async function loadRestrictionList(store: ResponseStore): Promise<RestrictionList> {
  return createRestrictionList(await store.restrictions());
}
