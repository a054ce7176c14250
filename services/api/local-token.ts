import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import type { TokenReader } from './identity.ts';
import { isLoopback } from './identity.ts';
import { ROLE_NAMES } from './roles.ts';

/**
 * A token for the one who sits at this machine: whoever may read its file may speak as the local user. It is taken from
 * loopback only, and not through a proxy.
 */

const PREFIX = 'vigie_local_';
const OTHERS_BITS = 0o077;
const BELIEVED_MS = 60_000;

/** The token of the file, made on first use. Errors: the file is somebody else's, too, or holds no such token. */
export function localToken(path: string): Result<string, string> {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, `${PREFIX}${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readLocalToken(path);
}

/** Reads the token of a file that is there. */
export function readLocalToken(path: string): Result<string, string> {
  const { mode } = statSync(path);
  if ((mode & OTHERS_BITS) !== 0) return err(`${path} can be read by others: its mode must be 0600`);
  const token = readFileSync(path, 'utf8').trim();
  return /^vigie_local_[\w-]{43}$/.test(token) ? ok(token) : err(`${path} holds no local token of Vigie`);
}

/** Reads the local token. */
export function localTokenReader(token: string, nowMs: () => number): TokenReader {
  const expected = Buffer.from(token);
  const person = { id: `local:${userInfo().username}`, name: '', kind: 'local' } as const;
  return async (given, { address, forwarded }) => {
    if (!given.startsWith(PREFIX)) return undefined;
    if (forwarded || !isLoopback(address)) return { ok: false, why: 'a local token from elsewhere' };
    const bytes = Buffer.from(given);
    if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) {
      return { ok: false, why: 'a wrong local token' };
    }
    return { ok: true, identity: { person, roles: ROLE_NAMES, untilMs: nowMs() + BELIEVED_MS } };
  };
}
