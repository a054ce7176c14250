import { createBelieved } from './believed.ts';
import type { Authentication, Identity, Peer, TokenReader } from './identity.ts';

/** Tokens believed at a time. */
const MOST_BELIEVED = 10_000;

/** Asks each reader in turn who a token is. What was found is believed for a short while (see the readers). */
export function createAuthenticator(readers: readonly TokenReader[], nowMs: () => number) {
  const believed = createBelieved<Identity>(MOST_BELIEVED);
  return async (token: string, peer: Peer): Promise<Authentication> => {
    // Where it comes from is part of what was checked.
    const shown = `${peer.forwarded} ${peer.address} ${token}`;
    const known = believed.get(shown, nowMs());
    if (known) return { ok: true, identity: known };
    for (const read of readers) {
      const found = await read(token, peer);
      if (!found) continue;
      if (found.ok) believed.put(shown, found.identity, found.identity.untilMs);
      return found;
    }
    return { ok: false, why: 'a token of no kind that is known here' };
  };
}
export type Authenticator = ReturnType<typeof createAuthenticator>;
