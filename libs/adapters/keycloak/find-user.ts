import { jsonOf } from '#libs/adapters/http/call.ts';
import type { CallOutcome } from '#libs/ports/accounts.ts';
import type { KeycloakClient } from './client.ts';
import type { KeycloakOptions } from './options.ts';

/** A user as far as the response needs it. */
export interface KeycloakUser {
  readonly id: string;
  readonly username: string;
  readonly enabled: boolean;
  /** Tokens issued before this second are refused. */
  readonly notBefore: number;
  /** What the user must do at the next sign-in. */
  readonly requiredActions: readonly string[];
}

interface Hit {
  readonly id?: unknown;
  readonly username?: unknown;
  readonly enabled?: unknown;
  readonly notBefore?: unknown;
  readonly requiredActions?: unknown;
  readonly attributes?: Readonly<Record<string, readonly unknown[]>>;
}

const SERVICE_ACCOUNT = /^service-account-/i;
/** Keycloak's search by attribute reads blanks, quotes and colons as its own: an id with them would ask for somebody else. */
const PLAIN = /^[A-Za-z0-9._@/+-]+$/;

const refuse = (detail: string) => ({ outcome: 'rejected', detail }) as const;

/** The user of a search hit; `undefined` where it is not shaped like one. */
function userOf({ id, username, enabled, notBefore, requiredActions }: Hit): KeycloakUser | undefined {
  if (typeof id !== 'string' || typeof username !== 'string' || typeof enabled !== 'boolean') return undefined;
  return {
    id,
    username,
    enabled,
    notBefore: typeof notBefore === 'number' ? notBefore : 0,
    requiredActions: Array.isArray(requiredActions) ? requiredActions.map(String) : [],
  };
}

async function search(client: KeycloakClient, query: string): Promise<CallOutcome<readonly Hit[]>> {
  const result = await client.call('GET', `/users?${query}&exact=true&max=2`);
  if (!result.ok) return result.failure;
  const hits = jsonOf(result.answer.text);
  // A maintenance page, say: it may be over soon.
  if (!Array.isArray(hits)) return { outcome: 'unavailable', detail: 'the answer is no list of users' };
  return { outcome: 'done', value: hits as Hit[] };
}

/**
 * Finds the one user that is this account. Keycloak answers a search with no value by giving everybody, and one whose
 * asker may not see anybody by giving nobody: so an empty id is refused, the hit is compared with what was asked, and
 * "nobody" is believed only where our own service account can be seen.
 */
export async function findUser(
  client: KeycloakClient,
  options: KeycloakOptions,
  accountId: string,
): Promise<CallOutcome<KeycloakUser>> {
  const { identity, clientId, neverTouch = [] } = options;
  if (accountId.trim() === '') return refuse('an empty account id is not asked for');
  if (identity.by === 'attribute' && !PLAIN.test(accountId)) return refuse('this account id cannot be searched for');
  const query =
    identity.by === 'username'
      ? `username=${encodeURIComponent(accountId)}`
      : `q=${encodeURIComponent(`${identity.name}:${accountId}`)}`;
  const found = await search(client, query);
  if (found.outcome !== 'done') return found;
  const [hit, ...more] = found.value;
  if (!hit) {
    const own = await search(client, `username=${encodeURIComponent(`service-account-${clientId}`)}`);
    if (own.outcome !== 'done') return own;
    if (own.value.length === 0) return { outcome: 'denied', detail: 'our client may not see any user' };
    return { outcome: 'not_found', detail: 'no such user' };
  }
  if (more.length > 0) return refuse('more than one user has this account id');
  const user = userOf(hit);
  if (!user) return { outcome: 'unavailable', detail: 'the answer is no user' };
  const values = identity.by === 'attribute' ? (hit.attributes?.[identity.name] ?? []) : [];
  const same =
    identity.by === 'username'
      ? user.username.toLowerCase() === accountId.toLowerCase()
      : values.length === 1 && values[0] === accountId;
  if (!same) return refuse('the user that was found is not the one that was asked for');
  if (SERVICE_ACCOUNT.test(user.username)) return refuse('service accounts are never touched');
  if (neverTouch.some((name) => name.toLowerCase() === user.username.toLowerCase())) {
    return refuse('this user is on the list of those never touched');
  }
  return { outcome: 'done', value: user };
}
