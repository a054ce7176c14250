/**
 * The only calls that the connector can make. Keycloak's smallest role that can disable an account (`manage-users`) can
 * also delete accounts, set passwords and sign a whole realm out: what the server does not refuse, this list does.
 */

/** A user's id at Keycloak; those of federated users hold colons and provider names. Two words are other things there. */
const ID = '(?!(?:count|profile)(?:/|$))[A-Za-z0-9:_.-]{1,255}';

interface AllowedCall {
  readonly method: string;
  /** After the realm's root. */
  readonly path: RegExp;
  /** What the body must be, where one may be sent. */
  readonly body?: RegExp;
}

const call = (method: string, path: string, body?: RegExp): AllowedCall => ({
  method,
  path: new RegExp(`^${path}$`),
  ...(body ? { body } : {}),
});

const ALLOWED: readonly AllowedCall[] = [
  // Always with a name and a value: without one, a search answers with everybody.
  call('GET', '/users\\?username=[^&=]+&exact=true&max=2'),
  call('GET', '/users\\?q=[^&=]+&exact=true&max=2'),
  call('GET', `/users/${ID}`),
  // Nothing but `enabled`: a profile in the body would be written over the one there.
  call('PUT', `/users/${ID}`, /^\{"enabled":(true|false)\}$/),
  // Or a new password at the next sign-in, beside whatever is demanded already.
  call('PUT', `/users/${ID}`, /^\{"requiredActions":\[("[A-Za-z0-9_-]+",)*"UPDATE_PASSWORD"\]\}$/),
  call('POST', `/users/${ID}/logout`),
  call('GET', `/users/${ID}/sessions`),
  call('GET', `/users/${ID}/consents`),
  call('DELETE', `/users/${ID}/consents/[A-Za-z0-9%._~-]+`),
  call('GET', `/users/${ID}/credentials`),
  call('GET', `/users/${ID}/groups`),
  call('GET', '/groups\\?search=[^&=]+&exact=true'),
];

/** A part `..` (or `%2e%2e`) would take the call elsewhere once it is made: the consent of a client so named is the whole user. */
function isAsWritten(path: string): boolean {
  const { pathname, search } = new URL(`http://server${path}`);
  return pathname + search === path;
}

/**
 * Throws where a call is not on the list: a fault of this program, not of the other side. `path` comes after the realm's
 * root of the admin interface.
 *
 * @param stepUpGroupId the one group whose members the connector may change; '' none
 */
export function assertAllowed(method: string, path: string, body: string | undefined, stepUpGroupId: string): void {
  const known = ALLOWED.some(
    (c) => c.method === method && c.path.test(path) && (body === undefined ? !c.body : c.body?.test(body)),
  );
  const member =
    stepUpGroupId !== '' &&
    body === undefined &&
    (method === 'PUT' || method === 'DELETE') &&
    new RegExp(`^/users/${ID}/groups/`).test(path) &&
    path.endsWith(`/groups/${stepUpGroupId}`) &&
    path.split('/').length === 5;
  if (!isAsWritten(path) || (!known && !member)) throw new CallNotAllowed(method);
}

/** The connector was about to make a call that it must never make. */
export class CallNotAllowed extends Error {
  override readonly name = 'CallNotAllowed';
  constructor(method: string) {
    super(`a ${method} that is not on the list of allowed calls was not made`);
  }
}
