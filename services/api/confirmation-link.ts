import { errors, jwtVerify, SignJWT } from 'jose';

/** Signed, expiring links for the question to an account's holder. */

const AUDIENCE = 'vigie.confirmation';
const ALGORITHM = 'HS256';
export const MIN_LINK_KEY_BYTES = 32;

export interface ConfirmationLinks {
  /** The link that the portal shows: `base` with the token in place of `{token}`. */
  link(id: string, expiresMs: number): Promise<string>;
  /** The question's id, or why the token is not taken. */
  read(token: string, nowMs: number): Promise<{ id: string } | { why: 'expired' | 'wrong' }>;
}

/**
 * @param key at least {@link MIN_LINK_KEY_BYTES} bytes, of this use alone
 * @param base the portal's own page: `https://portal.example/confirm#{token}` keeps the token out of its access log
 */
export function createConfirmationLinks(key: Uint8Array, base: string): ConfirmationLinks {
  if (key.length < MIN_LINK_KEY_BYTES) throw new Error(`the key of links needs ${MIN_LINK_KEY_BYTES} bytes`);
  return {
    async link(id, expiresMs) {
      const token = await new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM })
        .setJti(id)
        .setAudience(AUDIENCE)
        .setExpirationTime(Math.floor(expiresMs / 1000))
        .sign(key);
      return base.replace('{token}', token);
    },
    async read(token, nowMs) {
      try {
        const { payload } = await jwtVerify(token, key, {
          audience: AUDIENCE,
          algorithms: [ALGORITHM],
          requiredClaims: ['exp', 'jti'],
          currentDate: new Date(nowMs),
        });
        return { id: payload.jti! };
      } catch (error) {
        return { why: error instanceof errors.JWTExpired ? 'expired' : 'wrong' };
      }
    },
  };
}
