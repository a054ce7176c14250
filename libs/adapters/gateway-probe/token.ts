import { jwtVerify, SignJWT } from 'jose';

/**
 * The token of a probe: it stands for an old token of an account, and can do nothing else. Whoever asks by it is never let
 * through to the portal; the gate only says what it would have said.
 */

const PREFIX = 'vigie_probe_';
const AUDIENCE = 'vigie.probe';
const ALGORITHM = 'HS256';
const LIFE_S = 30;
export const MIN_PROBE_KEY_BYTES = 32;

export const isProbeToken = (token: string): boolean => token.startsWith(PREFIX);

/** @param key at least {@link MIN_PROBE_KEY_BYTES} bytes, of this use alone */
export async function probeToken(key: Uint8Array, accountId: string, nowMs: number): Promise<string> {
  const issued = Math.floor(nowMs / 1000);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(accountId)
    .setAudience(AUDIENCE)
    .setIssuedAt(issued)
    .setExpirationTime(issued + LIFE_S)
    .sign(key);
  return `${PREFIX}${token}`;
}

/** The account that a probe's token stands for; `undefined` where it is none of ours, or too old. */
export async function accountOfProbe(key: Uint8Array, token: string, nowMs: number): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token.slice(PREFIX.length), key, {
      audience: AUDIENCE,
      algorithms: [ALGORITHM],
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(nowMs),
      clockTolerance: 10,
    });
    return payload.sub;
  } catch {
    return undefined;
  }
}
