import type { KeycloakUser } from './find-user.ts';

/** A user found so long ago is searched for again, ms. */
const KEPT_MS = 10_000;
const MOST_KEPT = 1_000;

/** Users found a moment ago, by the account's id: a stop looks at its account, and then acts on the same one. */
export function createRecentUsers(monotonicMs: () => number = () => performance.now()) {
  const users = new Map<string, { readonly user: KeycloakUser; readonly foundMs: number }>();
  return {
    get(accountId: string): KeycloakUser | undefined {
      const found = users.get(accountId);
      return found && monotonicMs() - found.foundMs < KEPT_MS ? found.user : undefined;
    },
    put(accountId: string, user: KeycloakUser): void {
      users.delete(accountId);
      // The oldest is only searched for again.
      if (users.size >= MOST_KEPT) users.delete(users.keys().next().value!);
      users.set(accountId, { user, foundMs: monotonicMs() });
    },
    forget(accountId: string): void {
      users.delete(accountId);
    },
  };
}
