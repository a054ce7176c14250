import { hash } from 'node:crypto';
import type { Authentication, Identity, Peer, TokenReader } from './identity.ts';

/** Tokens believed at a time: past it the oldest is checked anew when it comes again. */
const MOST_BELIEVED = 10_000;

/**
 * Asks each reader in turn who a token is. What was found is believed for a short while (see the readers), because a
 * gateway shows the same token with every request; only the token's hash is kept.
 */
export function createAuthenticator(readers: readonly TokenReader[], nowMs: () => number) {
  const believed = new Map<string, Identity>();
  return async (token: string, peer: Peer): Promise<Authentication> => {
    // Where it comes from is part of what was checked.
    const key = hash('sha256', `${peer.forwarded} ${peer.address} ${token}`, 'base64');
    const known = believed.get(key);
    if (known && nowMs() < known.untilMs) return { ok: true, identity: known };
    believed.delete(key);
    for (const read of readers) {
      const found = await read(token, peer);
      if (!found) continue;
      if (found.ok) {
        if (believed.size >= MOST_BELIEVED) believed.delete(believed.keys().next().value!);
        believed.set(key, found.identity);
      }
      return found;
    }
    return { ok: false, why: 'a token of no kind that is known here' };
  };
}
export type Authenticator = ReturnType<typeof createAuthenticator>;
