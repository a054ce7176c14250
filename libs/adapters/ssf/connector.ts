import type { CryptoKey, KeyObject } from 'jose';
import { SignJWT } from 'jose';
import type { HttpAnswer } from '#libs/adapters/http/call.ts';
import { callHttp, failureOf, jsonOf } from '#libs/adapters/http/call.ts';
import type { AccountConnector, CallFailure, CallOutcome, CallReason } from '#libs/ports/accounts.ts';
import { COMMANDS_ONLY } from '#libs/ports/accounts.ts';
import type { Clock } from '#libs/ports/clock.ts';

/*
 * OpenID Shared Signals (SSF 1.0): tells a receiver by signed security event tokens (RFC 8417), pushed over HTTP (RFC
 * 8935), one event a token: RISC account-disabled and account-enabled, CAEP session-revoked. The receiver says that it
 * took a token, not what it did: chain it after a keeper that can be asked, where there is one.
 */

export interface SsfOptions {
  /** The receiver's push endpoint. */
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  /** How the account is named: by its id alone, or as the subject of an issuer that both sides know. */
  readonly subject: { readonly format: 'opaque' } | { readonly format: 'iss_sub'; readonly issuer: string };
  /** The present signing key; asked for at each token, so that a new one is taken up without a restart. */
  readonly signingKey: () => Promise<{
    readonly key: CryptoKey | KeyObject;
    readonly alg: 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
    readonly kid: string;
  }>;
  /** Value of the Authorization header that the receiver asked for. */
  readonly authorization?: () => Promise<string>;
  readonly clock: Clock;
  readonly callTimeoutMs?: number;
}

const RISC = 'https://schemas.openid.net/secevent/risc/event-type/';
const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
/** Errors of RFC 8935 that say that it is us who are not let in. */
const NOT_LET_IN: ReadonlySet<unknown> = new Set([
  'authentication_failed',
  'access_denied',
  'invalid_key',
  'invalid_issuer',
]);

function refusal(answer: HttpAnswer): CallFailure {
  const failure = failureOf(answer, true);
  // A push endpoint has no accounts that could be missing.
  if (failure.outcome === 'not_found') return { outcome: 'rejected', detail: `${failure.detail}: no receiver here` };
  if (answer.status !== 400) return failure;
  const { err } = (jsonOf(answer.text) ?? {}) as { err?: unknown };
  const code = typeof err === 'string' && /^[a-z_]{1,40}$/.test(err) ? err : 'no error code';
  return { outcome: NOT_LET_IN.has(err) ? 'denied' : 'rejected', detail: `HTTP 400: ${code}` };
}

export function createSsfConnector(options: SsfOptions): AccountConnector {
  const { url, issuer, audience, subject, signingKey, clock, callTimeoutMs = 2_000 } = options;
  const empty = { outcome: 'rejected', detail: 'an empty account id is not asked for' } as const;

  async function push(account: string, event: string, details: object, why: CallReason): Promise<CallOutcome> {
    if (account.trim() === '') return empty;
    const { key, alg, kid } = await signingKey();
    const sub =
      subject.format === 'opaque'
        ? { format: 'opaque', id: account }
        : { format: 'iss_sub', iss: subject.issuer, sub: account };
    const token = await new SignJWT({ sub_id: sub, txn: why.actionId, events: { [event]: details } })
      .setProtectedHeader({ alg, kid, typ: 'secevent+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(Math.floor(clock.nowMs() / 1000))
      .setJti(`${why.actionId}:${event.slice(event.lastIndexOf('/') + 1)}:${why.atMs}`)
      .sign(key);
    const authorization = await options.authorization?.();
    const result = await callHttp({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
        ...(authorization ? { authorization } : {}),
      },
      body: token,
      timeoutMs: callTimeoutMs,
      writes: true,
    });
    if (!result.ok) return result.failure;
    // 202 is the specification's word; receivers that say 200 or 204 are understood.
    const { status } = result.answer;
    return status >= 200 && status < 300 ? { outcome: 'done', value: undefined } : refusal(result.answer);
  }

  const lacking = async () =>
    ({ outcome: 'rejected', detail: 'shared signals have no event that demands a second factor' }) as const;
  return {
    name: 'ssf',
    lacks: ['stepUp'],
    read: async (account) => (account.trim() === '' ? empty : { outcome: 'done', value: COMMANDS_ONLY }),
    disable: (account, why) => push(account, `${RISC}account-disabled`, { reason: 'hijacking' }, why),
    enable: (account, why) => push(account, `${RISC}account-enabled`, {}, why),
    requireStepUp: lacking,
    clearStepUp: lacking,
    endSessions: (account, why) =>
      push(
        account,
        `${CAEP}session-revoked`,
        {
          event_timestamp: Math.floor(why.atMs / 1000),
          initiating_entity: 'policy',
          reason_admin: { en: why.reason },
        },
        why,
      ),
  };
}
