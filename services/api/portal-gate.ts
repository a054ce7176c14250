import type { JWTPayload } from 'jose';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { accountOfProbe, isProbeToken } from '#libs/adapters/gateway-probe/token.ts';
import type { AccountRestriction } from '#libs/model/action-record.ts';
import type { RestrictionList } from '#libs/ports/restrictions.ts';
import { createBelieved } from './believed.ts';
import { claimAt, issuerKeys, TOKEN_ALGORITHMS } from './oidc.ts';

/**
 * What a gateway in front of the portal asks on every request, by the token that the professional shows: a token that is
 * still valid proves who somebody was when they signed in, not that the account may go on.
 */

export interface PortalGateOptions {
  /** Of the portal's own tokens. */
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri?: string;
  /** The claim that holds the account's id as the access log has it. */
  readonly accountClaim: string;
  /** Values of `acr` that stand for a second factor. */
  readonly strongAcr: readonly string[];
  readonly restrictions: RestrictionList;
  /** Key of the responder's own probes; absent: there are none. */
  readonly probeKey?: Uint8Array;
  readonly nowMs: () => number;
}

export type GateWord =
  | { readonly admitted: true; readonly accountId: string; readonly restriction: AccountRestriction | undefined }
  | { readonly admitted: false; readonly why: 'no_token' | 'invalid_token' | 'suspended' | 'step_up' }
  /** A probe of an account that would be let through: it is not, but is told so. */
  | { readonly admitted: false; readonly why: 'probe_unhindered' };

/** The restriction that holds at `nowMs`: one whose end has passed no longer does. */
export function restrictionAt(
  restrictions: RestrictionList,
  accountId: string,
  nowMs: number,
): AccountRestriction | undefined {
  const found = restrictions.get(accountId);
  return found && (found.untilMs === 0 || nowMs < found.untilMs) ? found : undefined;
}

/** Tokens of professionals believed at a time: as many as may be at work. */
const MOST_BELIEVED = 50_000;
/** A verified token is believed this long before its signature is checked again; what holds for its account is looked up each time. */
const BELIEVED_MS = 60_000;

/** Signed in with a second factor since the restriction came. */
const isStrong = ({ acr, auth_time: authTime }: JWTPayload, sinceMs: number, strongAcr: readonly string[]): boolean =>
  strongAcr.includes(String(acr)) && typeof authTime === 'number' && authTime * 1000 >= sinceMs;

export function createPortalGate(options: PortalGateOptions) {
  const keys = issuerKeys(options.issuer, options.jwksUri);
  const { probeKey } = options;
  const believed = createBelieved<JWTPayload>(MOST_BELIEVED);

  /** The claims of a token whose signature holds. Throws where it does not, or nobody can say. */
  async function verified(token: string, nowMs: number): Promise<JWTPayload> {
    const known = believed.get(token, nowMs);
    if (known) return known;
    const { payload } = await jwtVerify(token, keys, {
      issuer: options.issuer,
      audience: options.audience,
      algorithms: TOKEN_ALGORITHMS,
      requiredClaims: ['exp'],
      currentDate: new Date(nowMs),
    });
    believed.put(token, payload, Math.min(payload.exp! * 1000, nowMs + BELIEVED_MS));
    return payload;
  }

  async function ofProbe(key: Uint8Array, token: string, nowMs: number): Promise<GateWord> {
    const accountId = await accountOfProbe(key, token, nowMs);
    if (accountId === undefined) return { admitted: false, why: 'invalid_token' };
    switch (restrictionAt(options.restrictions, accountId, nowMs)?.restriction) {
      case 'suspended':
        return { admitted: false, why: 'suspended' };
      case 'step_up':
        return { admitted: false, why: 'step_up' };
      default:
        return { admitted: false, why: 'probe_unhindered' };
    }
  }

  return async (token: string | undefined): Promise<GateWord> => {
    if (token === undefined) return { admitted: false, why: 'no_token' };
    const nowMs = options.nowMs();
    if (probeKey && isProbeToken(token)) return ofProbe(probeKey, token, nowMs);
    let payload: JWTPayload;
    try {
      payload = await verified(token, nowMs);
    } catch (error) {
      // Keys that cannot be had are our trouble, not the professional's fault: the gateway's own rule for us being away holds.
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
        return { admitted: false, why: 'invalid_token' };
      }
      // But to refuse a suspended account nothing has to be proved.
      const claimed = restrictionAt(
        options.restrictions,
        String(claimAt(decodeJwt(token), options.accountClaim)),
        nowMs,
      );
      if (claimed?.restriction === 'suspended') return { admitted: false, why: 'suspended' };
      throw error;
    }
    const accountId = claimAt(payload, options.accountClaim);
    if (typeof accountId !== 'string' || accountId === '') return { admitted: false, why: 'invalid_token' };
    const restriction = restrictionAt(options.restrictions, accountId, nowMs);
    if (restriction?.restriction === 'suspended') return { admitted: false, why: 'suspended' };
    if (restriction?.restriction === 'step_up' && !isStrong(payload, restriction.sinceMs, options.strongAcr)) {
      return { admitted: false, why: 'step_up' };
    }
    return { admitted: true, accountId, restriction };
  };
}
export type PortalGate = ReturnType<typeof createPortalGate>;
