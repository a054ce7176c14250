import { jsonOf } from '#libs/adapters/http/call.ts';
import type { CallOutcome } from '#libs/ports/accounts.ts';
import type { KeycloakClient } from './client.ts';
import type { KeycloakUser } from './find-user.ts';

/** `notBefore` counts whole seconds: a second sign-out this much later is sure to move it on. */
const NEXT_SECOND_MS = 1_100;
/** What the second sign-out waits by. */
export interface Waiting {
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Aborted: somebody cannot wait for the second sign-out. */
  readonly hurry: AbortSignal | undefined;
}

/** A list that Keycloak answers with; what else it may be is a failure. */
async function list<T>(client: KeycloakClient, path: string): Promise<CallOutcome<readonly T[]>> {
  const result = await client.call('GET', path);
  if (!result.ok) return result.failure;
  const items = jsonOf(result.answer.text);
  return Array.isArray(items)
    ? { outcome: 'done', value: items as T[] }
    : { outcome: 'unavailable', detail: 'the answer is no list' };
}

/** Clients that hold an offline token of the user, or a consent to ask for one. */
export async function grantedClients(
  client: KeycloakClient,
  user: KeycloakUser,
): Promise<CallOutcome<readonly { readonly clientId: string; readonly offline: boolean }[]>> {
  const grants = await list<{ clientId?: unknown; additionalGrants?: unknown }>(client, `/users/${user.id}/consents`);
  if (grants.outcome !== 'done') return grants;
  return {
    outcome: 'done',
    value: grants.value.map(({ clientId, additionalGrants }) => ({
      clientId: String(clientId),
      offline: Array.isArray(additionalGrants) && additionalGrants.length > 0,
    })),
  };
}

/** How many sessions live: those of browsers and apps, and one for each client with an offline token. */
export async function liveSessions(client: KeycloakClient, user: KeycloakUser): Promise<CallOutcome<number>> {
  const [online, granted] = await Promise.all([
    list<unknown>(client, `/users/${user.id}/sessions`),
    grantedClients(client, user),
  ]);
  if (online.outcome !== 'done') return online;
  if (granted.outcome !== 'done') return granted;
  return { outcome: 'done', value: online.value.length + granted.value.filter((g) => g.offline).length };
}

async function notBefore(client: KeycloakClient, user: KeycloakUser): Promise<CallOutcome<number>> {
  const result = await client.call('GET', `/users/${user.id}`);
  if (!result.ok) return result.failure;
  const shown = jsonOf(result.answer.text) as { notBefore?: unknown } | undefined;
  return { outcome: 'done', value: typeof shown?.notBefore === 'number' ? shown.notBefore : 0 };
}

/**
 * Ends every session so that no token or cookie from before works again, not even after a re-enable: signs out (which
 * makes Keycloak refuse tokens of earlier seconds), takes back offline tokens, and signs out once more in a later second,
 * for a token issued in the same second as a sign-out survives it. Done only where `notBefore` is seen to have moved on.
 */
export async function endAllSessions(
  client: KeycloakClient,
  user: KeycloakUser,
  { pause, hurry }: Waiting,
): Promise<CallOutcome> {
  const logout = () => client.call('POST', `/users/${user.id}/logout`);
  const first = await logout();
  if (!first.ok) return first.failure;
  const between = await notBefore(client, user);
  if (between.outcome !== 'done') return between;
  const granted = await grantedClients(client, user);
  if (granted.outcome !== 'done') return granted;
  for (const { clientId } of granted.value) {
    const revoked = await client.call('DELETE', `/users/${user.id}/consents/${encodeURIComponent(clientId)}`);
    // Gone already is what is wanted.
    if (!revoked.ok && revoked.failure.outcome !== 'not_found') return revoked.failure;
  }
  await pause(NEXT_SECOND_MS, hurry);
  if (hurry?.aborted) return { outcome: 'unknown', detail: 'cut short for a graver action on this account' };
  const second = await logout();
  if (!second.ok) return second.failure;
  const after = await notBefore(client, user);
  if (after.outcome !== 'done') return after;
  if (between.value > 0 && after.value > between.value) return { outcome: 'done', value: undefined };
  return { outcome: 'unknown', detail: 'tokens from before are not all refused yet' };
}
