import { setTimeout as sleep } from 'node:timers/promises';
import { jsonOf } from '#libs/adapters/http/call.ts';
import type { AccountConnector, AccountView, CallOutcome } from '#libs/ports/accounts.ts';
import type { KeycloakClient } from './client.ts';
import { createKeycloakClient } from './client.ts';
import { endAllSessions, liveSessions } from './end-sessions.ts';
import type { KeycloakUser } from './find-user.ts';
import { findUser } from './find-user.ts';
import type { KeycloakOptions } from './options.ts';
import { createRecentUsers } from './recent-users.ts';
import { stepUpGroup } from './step-up-group.ts';

const DONE = { outcome: 'done', value: undefined } as const;
/** Credentials that a thief of the password does not have with it. */
const SECOND_FACTORS: ReadonlySet<unknown> = new Set(['otp', 'webauthn', 'webauthn-passwordless']);

async function items(client: KeycloakClient, path: string): Promise<CallOutcome<readonly Record<string, unknown>[]>> {
  const result = await client.call('GET', path);
  if (!result.ok) return result.failure;
  const found = jsonOf(result.answer.text);
  return Array.isArray(found)
    ? { outcome: 'done', value: found }
    : { outcome: 'unavailable', detail: 'the answer is no list' };
}

async function viewOf(client: KeycloakClient, user: KeycloakUser, groupId: string): Promise<CallOutcome<AccountView>> {
  const [sessions, groups, credentials] = await Promise.all([
    liveSessions(client, user),
    items(client, `/users/${user.id}/groups`),
    items(client, `/users/${user.id}/credentials`),
  ]);
  if (sessions.outcome !== 'done') return sessions;
  if (groups.outcome !== 'done') return groups;
  if (credentials.outcome !== 'done') return credentials;
  const factors = credentials.value.filter((c) => SECOND_FACTORS.has(c.type));
  const enrolledMs = factors.flatMap(({ createdDate }) => (typeof createdDate === 'number' ? [createdDate] : []));
  return {
    outcome: 'done',
    value: {
      enabled: user.enabled,
      sessions: sessions.value,
      stepUpRequired: groupId !== '' && groups.value.some((g) => g.id === groupId),
      secondFactor: factors.length > 0 ? 'yes' : 'no',
      ...(enrolledMs.length > 0 ? { secondFactorSinceMs: Math.min(...enrolledMs) } : {}),
    },
  };
}

/**
 * Accounts that Keycloak (26 or later) keeps. Step-up is membership of a group for which the realm's sign-in demands a
 * second factor that is enrolled already, and refuses who has none (see deploy/keycloak): Keycloak's own required actions
 * are offered after the password alone, to a thief as well. Membership, because it is one idempotent change: an attribute
 * could only be set by writing the whole profile over.
 */
export function createKeycloakConnector(options: KeycloakOptions): AccountConnector {
  const { stepUpGroup: groupName } = options;
  const pause = options.pause ?? ((ms, signal) => sleep(ms, undefined, signal ? { signal } : {}).catch(() => {}));
  const client = createKeycloakClient(options);
  const recent = createRecentUsers();

  async function withUser<T>(
    id: string,
    work: (user: KeycloakUser) => Promise<CallOutcome<T>>,
  ): Promise<CallOutcome<T>> {
    const user = await findUser(client, options, id);
    if (user.outcome === 'done') recent.put(id, user.value);
    else recent.forget(id);
    return user.outcome === 'done' ? work(user.value) : user;
  }

  /**
   * Writes follow a read by moments: the user found then is not searched for again. One that is gone meanwhile (deleted and
   * made anew under another id) is.
   */
  async function withKnown(
    accountId: string,
    work: (user: KeycloakUser) => Promise<CallOutcome>,
  ): Promise<CallOutcome> {
    const known = recent.get(accountId);
    if (!known) return withUser(accountId, work);
    const outcome = await work(known);
    if (outcome.outcome !== 'not_found') return outcome;
    recent.forget(accountId);
    return withUser(accountId, work);
  }

  const setEnabled = (accountId: string, enabled: boolean): Promise<CallOutcome> =>
    withKnown(accountId, async (user) => {
      const result = await client.call('PUT', `/users/${user.id}`, JSON.stringify({ enabled }));
      return result.ok ? DONE : result.failure;
    });

  const setMembership = (accountId: string, method: 'PUT' | 'DELETE'): Promise<CallOutcome> =>
    withKnown(accountId, async (user) => {
      if (!groupName) return { outcome: 'rejected', detail: 'no step-up group is configured' };
      const group = await stepUpGroup(client, groupName);
      if (group.outcome !== 'done') return group;
      const result = await client.call(method, `/users/${user.id}/groups/${group.value}`);
      if (result.ok) return DONE;
      // The group may have been made anew under another id.
      client.stepUpGroupId = '';
      return result.failure;
    });

  const view = async (user: KeycloakUser): Promise<CallOutcome<AccountView>> => {
    if (!groupName) return viewOf(client, user, '');
    const group = await stepUpGroup(client, groupName);
    // A realm without the group still lets an account be disabled.
    if (group.outcome === 'rejected') return viewOf(client, user, '');
    return group.outcome === 'done' ? viewOf(client, user, group.value) : group;
  };

  /**
   * Keycloak asks for the new password after the old one alone: only from who has to show a second factor as well (and
   * goes on having to, until people lift that) is it worth asking. Elsewhere the thief would set it.
   */
  const newPassword = (user: KeycloakUser): Promise<CallOutcome> =>
    view(user).then(async (shown): Promise<CallOutcome> => {
      if (shown.outcome !== 'done') return shown;
      if (shown.value.secondFactor !== 'yes' || !groupName) {
        return {
          outcome: 'rejected',
          detail: 'without a second factor, a thief of the password would set the new one',
        };
      }
      const group = await stepUpGroup(client, groupName);
      if (group.outcome !== 'done') return group;
      const member = await client.call('PUT', `/users/${user.id}/groups/${group.value}`);
      if (!member.ok) return member.failure;
      const others = user.requiredActions.filter((action) => action !== 'UPDATE_PASSWORD');
      const body = JSON.stringify({ requiredActions: [...others, 'UPDATE_PASSWORD'] });
      const result = await client.call('PUT', `/users/${user.id}`, body);
      return result.ok ? DONE : result.failure;
    });

  return {
    name: 'keycloak',
    read: (accountId) => withUser(accountId, view),
    disable: (accountId) => setEnabled(accountId, false),
    enable: (accountId) => setEnabled(accountId, true),
    requireStepUp: (accountId) => setMembership(accountId, 'PUT'),
    clearStepUp: (accountId) => setMembership(accountId, 'DELETE'),
    demandNewPassword: (accountId) => withUser(accountId, newPassword),
    endSessions: (accountId, { hurry }) =>
      withKnown(accountId, (user) => endAllSessions(client, user, { pause, hurry })),
  };
}
