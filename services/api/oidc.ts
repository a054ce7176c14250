import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Person } from '#libs/model/person.ts';
import type { TokenReader } from './identity.ts';
import type { Role } from './roles.ts';
import { ROLE_NAMES } from './roles.ts';

/** Signatures by public keys only: a shared secret could be used to make tokens, `none` by anybody. */
export const TOKEN_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'];
/** Clocks may differ by this much. */
const TOLERANCE_S = 10;
/** A verified token is believed this long before its signature is checked again. */
const BELIEVED_MS = 60_000;

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer's keys are; by default where its discovery document says. */
  readonly jwksUri?: string;
  /** Path of the claim that lists roles: `realm_access.roles`. */
  readonly rolesClaim: string;
  /** What stands before a role's name in it: `vigie-` makes `vigie-approver` the role `approver`. */
  readonly rolePrefix: string;
  readonly nowMs: () => number;
}

/** The keys of an issuer, fetched when first needed and again when an unknown key turns up. */
export function issuerKeys(issuer: string, jwksUri: string | undefined): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const find = async (): Promise<JWTVerifyGetKey> => {
    if (jwksUri !== undefined) return createRemoteJWKSet(new URL(jwksUri), { timeoutDuration: 5_000 });
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(`the issuer's discovery document answers ${answer.status}`);
    const found = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (found.issuer !== issuer) throw new Error('the discovery document is another issuer’s');
    return createRemoteJWKSet(new URL(String(found.jwks_uri)), { timeoutDuration: 5_000 });
  };
  return async (header, token) => {
    keys ??= find().catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return (await keys)(header, token);
  };
}

/** The value at a dotted path. A claim whose name itself holds dots is found as well. */
export function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function rolesOf(payload: JWTPayload, { rolesClaim, rolePrefix }: OidcOptions): Role[] {
  const claim = claimAt(payload, rolesClaim);
  const names = Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : [];
  return ROLE_NAMES.filter((role) => names.includes(`${rolePrefix}${role}`));
}

/** A token that a program got for itself: there is no person behind it. */
function isService(payload: JWTPayload): boolean {
  const username = String(payload.preferred_username ?? '');
  return (
    payload.gty === 'client-credentials' ||
    username.startsWith('service-account-') ||
    (payload.client_id !== undefined && payload.sub === payload.client_id) ||
    (payload.azp !== undefined && payload.sub === payload.azp)
  );
}

/** Reads access tokens of one OpenID Connect issuer. */
export function oidcReader(options: OidcOptions): TokenReader {
  const keys = issuerKeys(options.issuer, options.jwksUri);
  return async (token) => {
    if (token.split('.').length !== 3) return undefined;
    const nowMs = options.nowMs();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: TOKEN_ALGORITHMS,
        clockTolerance: TOLERANCE_S,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(nowMs),
      });
      const id = payload.sub!;
      const name = String(payload.name ?? payload.preferred_username ?? id).slice(0, 128);
      const person: Person = { id, name, kind: isService(payload) ? 'service' : 'named' };
      const untilMs = Math.min(payload.exp! * 1000, nowMs + BELIEVED_MS);
      return { ok: true, identity: { person, roles: rolesOf(payload, options), untilMs } };
    } catch (error) {
      return { ok: false, why: error instanceof errors.JOSEError ? error.code : 'the issuer’s keys are not to be had' };
    }
  };
}
