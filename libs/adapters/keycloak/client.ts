import type { HttpAnswer, HttpResult } from '#libs/adapters/http/call.ts';
import { callHttp, failureOf, jsonOf } from '#libs/adapters/http/call.ts';
import type { CallFailure, CallOutcome } from '#libs/ports/accounts.ts';
import { assertAllowed } from './allowed-calls.ts';
import type { KeycloakOptions } from './options.ts';

/** A token is renewed this long before it ends. */
const RENEW_BEFORE_MS = 30_000;

const encode = encodeURIComponent;

/** The admin interface of one realm, through the list of allowed calls, with a service account's token. */
export interface KeycloakClient {
  /** Id of the step-up group once it is known: its members may be changed from then on. */
  stepUpGroupId: string;
  /**
   * Makes one call. `path` comes after `/admin/realms/<realm>`. Any 2xx is an answer; everything else a failure, a 401
   * only after a new token was tried too.
   */
  call(method: string, path: string, body?: string): Promise<HttpResult>;
  /** Roles over the realm that our token says we have, by name. */
  grantedRoles(): Promise<CallOutcome<readonly string[]>>;
}

/** In words that hold nothing personal: Keycloak's own error code where it is one, the profile's field. */
function explained(answer: HttpAnswer, failure: CallFailure, path = ''): CallFailure {
  const body = jsonOf(answer.text);
  const { error, errorMessage, field } = (body ?? {}) as Record<string, unknown>;
  const said = String(errorMessage ?? error ?? '');
  if (answer.status === 404 && !(path.startsWith('/users/') && /not found$/i.test(said) && !/^realm/i.test(said))) {
    // Not the account: with a wrong realm or address none would ever be found, and none stopped.
    const realm = /^realm (does not exist|not found)/i.test(said);
    return { outcome: 'rejected', detail: realm ? 'HTTP 404: there is no such realm' : 'HTTP 404: no Keycloak here' };
  }
  if (typeof field === 'string' && /^error-[a-z-]+$/.test(said)) {
    return { outcome: 'rejected', detail: `profile_validation: ${said} of ${field.slice(0, 64)}` };
  }
  return failure;
}

export function createKeycloakClient(options: KeycloakOptions): KeycloakClient {
  const { url, realm, clientId, clientSecret, callTimeoutMs = 2_000 } = options;
  const root = url.replace(/\/+$/, '');
  let token = { value: '', renewAtMs: 0 };
  let asking: Promise<CallOutcome<string>> | undefined;

  async function askToken(): Promise<CallOutcome<string>> {
    const secret = await clientSecret();
    const basic = Buffer.from(`${encode(clientId)}:${encode(secret)}`).toString('base64');
    const sentMs = performance.now();
    const result = await callHttp({
      method: 'POST',
      url: `${root}/realms/${encode(realm)}/protocol/openid-connect/token`,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
      timeoutMs: callTimeoutMs,
      writes: false,
    });
    if (!result.ok) return { ...result.failure, detail: `sign-in of our client: ${result.failure.detail}` };
    const { answer } = result;
    if (answer.status !== 200) {
      const failure = explained(answer, failureOf(answer, false));
      // 400 and 401 both say that our client or its secret is not accepted.
      const outcome = answer.status === 400 ? ({ ...failure, outcome: 'denied' } as CallFailure) : failure;
      return { ...outcome, detail: `sign-in of our client: ${failure.detail}` };
    }
    const { access_token: value, expires_in: seconds } = (jsonOf(answer.text) ?? {}) as Record<string, unknown>;
    if (typeof value !== 'string' || typeof seconds !== 'number') {
      return { outcome: 'unavailable', detail: 'sign-in of our client: the answer is no token' };
    }
    token = { value, renewAtMs: sentMs + Math.max(0, seconds * 1000 - RENEW_BEFORE_MS) };
    return { outcome: 'done', value };
  }

  /** One request for a token at a time, whoever needs it. `spent` is a token that was refused. */
  function currentToken(spent = ''): Promise<CallOutcome<string>> {
    // Monotonic time: a clock that is set back must not make an old token look new.
    if (token.value && token.value !== spent && performance.now() < token.renewAtMs) {
      return Promise.resolve({ outcome: 'done', value: token.value });
    }
    asking ??= askToken().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  const client: KeycloakClient = {
    stepUpGroupId: '',
    async call(method, path, body) {
      assertAllowed(method, path, body, client.stepUpGroupId);
      const writes = method !== 'GET';
      let spent = '';
      for (;;) {
        const signedIn = await currentToken(spent);
        if (signedIn.outcome !== 'done') return { ok: false, failure: signedIn };
        const result = await callHttp({
          method,
          url: `${root}/admin/realms/${encode(realm)}${path}`,
          headers: {
            authorization: `Bearer ${signedIn.value}`,
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body }),
          timeoutMs: callTimeoutMs,
          writes,
        });
        if (!result.ok) return result;
        const { answer } = result;
        if (answer.status >= 200 && answer.status < 300) return result;
        // Our own token may have been taken back before its time (a realm's general sign-out): one new one is tried.
        if (answer.status === 401 && spent === '') {
          spent = signedIn.value;
          continue;
        }
        return { ok: false, failure: explained(answer, failureOf(answer, writes), path) };
      }
    },

    async grantedRoles() {
      const signedIn = await currentToken();
      if (signedIn.outcome !== 'done') return signedIn;
      const claims = jsonOf(Buffer.from(signedIn.value.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
        resource_access?: Record<string, { roles?: unknown }>;
      } | null;
      // In the master realm, the clients that stand for other realms are named after them.
      const access = claims?.resource_access ?? {};
      const roles = (access['realm-management'] ?? access[`${realm}-realm`])?.roles;
      return { outcome: 'done', value: Array.isArray(roles) ? roles.map(String) : [] };
    },
  };
  return client;
}
