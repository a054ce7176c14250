import type { HttpAnswer, HttpResult } from '#libs/adapters/http/call.ts';
import { callHttp, failureOf, jsonOf } from '#libs/adapters/http/call.ts';
import type { AccountConnector, CallOutcome } from '#libs/ports/accounts.ts';

/*
 * Accounts behind SCIM 2.0 (RFC 7643, 7644): `active` is all that it offers. It knows no sessions and no second factor, so
 * it is chained with something that ends sessions.
 */

export interface ScimOptions {
  /** Base of the service: `https://id.example.fr/scim/v2`. */
  readonly url: string;
  readonly token: () => Promise<string>;
  /** What the log's account id is there. */
  readonly identity: 'userName' | 'externalId';
  readonly callTimeoutMs?: number;
}

interface ScimUser {
  readonly id: string;
  readonly active: boolean;
  /** `"3"`, for a change that must not overwrite somebody else's; '' where the service has none. */
  readonly version: string;
}

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const DONE = { outcome: 'done', value: undefined } as const;
const rejected = (detail: string) => ({ outcome: 'rejected', detail }) as const;
const unavailable = (detail: string) => ({ outcome: 'unavailable', detail }) as const;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** 404 of a search is a wrong address, and not an account that is not there. */
const searchFailure = (answer: HttpAnswer) =>
  answer.status === 404 ? rejected('HTTP 404: no SCIM service here') : failureOf(answer, false);

export function createScimConnector(options: ScimOptions): AccountConnector {
  const { url, token, identity, callTimeoutMs = 2_000 } = options;
  const root = url.replace(/\/+$/, '');

  async function call(method: string, path: string, body?: unknown, ifMatch = ''): Promise<HttpResult> {
    return callHttp({
      method,
      url: root + path,
      headers: {
        authorization: `Bearer ${await token()}`,
        accept: 'application/scim+json, application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...(ifMatch ? { 'if-match': ifMatch } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: callTimeoutMs,
      writes: method !== 'GET',
    });
  }

  async function find(accountId: string): Promise<CallOutcome<ScimUser>> {
    if (accountId.trim() === '') return rejected('an empty account id is not asked for');
    // Quoted, so that an id cannot bring an expression of its own.
    const filter = encodeURIComponent(`${identity} eq ${JSON.stringify(accountId)}`);
    const result = await call('GET', `/Users?filter=${filter}&count=2`);
    if (!result.ok) return result.failure;
    if (result.answer.status !== 200) return searchFailure(result.answer);
    const list = jsonOf(result.answer.text);
    const [total, users] = [field(list, 'totalResults'), field(list, 'Resources') ?? []];
    if (typeof total !== 'number' || !Array.isArray(users)) return unavailable('the answer is no SCIM list');
    if (total === 0) return { outcome: 'not_found', detail: 'no such user' };
    if (total !== 1 || users.length !== 1) return rejected('more than one user has this account id');
    const [user] = users as unknown[];
    const [id, name, active] = [field(user, 'id'), field(user, identity), field(user, 'active')];
    const same =
      identity === 'userName'
        ? typeof name === 'string' && name.toLowerCase() === accountId.toLowerCase()
        : name === accountId;
    if (typeof id !== 'string' || !same) return rejected('the user that was found is not the one that was asked for');
    const version = field(field(user, 'meta'), 'version');
    // A user that does not show `active` is not known to be disabled.
    return {
      outcome: 'done',
      value: { id, active: active !== false, version: typeof version === 'string' ? version : '' },
    };
  }

  /** For services without PATCH: the whole user read and written back with nothing else changed. */
  async function replace({ id }: ScimUser, active: boolean): Promise<CallOutcome> {
    const path = `/Users/${encodeURIComponent(id)}`;
    const read = await call('GET', path);
    if (!read.ok) return read.failure;
    if (read.answer.status !== 200) return failureOf(read.answer, false);
    const user = jsonOf(read.answer.text);
    if (field(user, 'id') !== id) return unavailable('the answer is no SCIM user');
    const version = read.answer.headers.get('etag') ?? field(field(user, 'meta'), 'version');
    const written = await call(
      'PUT',
      path,
      { ...(user as object), active },
      typeof version === 'string' ? version : '',
    );
    if (!written.ok) return written.failure;
    if (written.answer.status === 200 || written.answer.status === 204) return DONE;
    // Somebody else changed the user in between: read and written again, that may go well.
    if (written.answer.status === 412) return unavailable('HTTP 412: changed by somebody else meanwhile');
    return failureOf(written.answer, true);
  }

  async function setActive(accountId: string, active: boolean): Promise<CallOutcome> {
    const user = await find(accountId);
    if (user.outcome !== 'done') return user;
    const patch = { schemas: [PATCH_SCHEMA], Operations: [{ op: 'replace', path: 'active', value: active }] };
    const result = await call('PATCH', `/Users/${encodeURIComponent(user.value.id)}`, patch);
    if (!result.ok) return result.failure;
    const { status } = result.answer;
    if (status === 200 || status === 204) return DONE;
    if (status === 405 || status === 501) return replace(user.value, active);
    return failureOf(result.answer, true);
  }

  const noStepUp = async () => rejected('SCIM knows no second factor');
  return {
    name: 'scim',
    lacks: ['stepUp', 'endSessions'],
    async read(accountId) {
      const user = await find(accountId);
      if (user.outcome !== 'done') return user;
      return {
        outcome: 'done',
        value: { enabled: user.value.active, sessions: 0, stepUpRequired: false, secondFactor: 'unknown' },
      };
    },
    disable: (accountId) => setActive(accountId, false),
    enable: (accountId) => setActive(accountId, true),
    requireStepUp: noStepUp,
    clearStepUp: noStepUp,
    endSessions: async () => rejected('SCIM knows no sessions: chain it with a connector that ends them'),
  };
}
