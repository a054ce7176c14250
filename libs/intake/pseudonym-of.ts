import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import { NIR_KEY_INVALID } from '#libs/model/codes.ts';
import { NirShape, readNir } from './nir.ts';
import type { Pseudonymiser } from './pseudonymise.ts';
import { PERSON_TOKEN } from './pseudonymise.ts';

/**
 * The pseudonym that an event about somebody would carry, for whoever has to name a person in a policy: the same bytes go
 * into the hash as in `fill-event.ts`. Errors never repeat what was given.
 */

const shape = new NirShape();

/**
 * Pseudonym of a NIR of 13 or 15 characters, spaces allowed: 32 hexadecimal digits; the key does not change it.
 * Stricter than events are, where a mistyped number is still somebody's search: here a mistake would go unnoticed.
 */
export function pseudonymOfNir(pseudonymiser: Pseudonymiser, nir: string): Result<string, string> {
  const bytes = Buffer.from(nir);
  if (!readNir(bytes, 0, bytes.length, shape)) {
    return err('no NIR: 13 characters, or 15 with the key, all digits but for 2A and 2B');
  }
  if (shape.key === NIR_KEY_INVALID) {
    return err('the last two digits are not the key of the others (without a key, 13 characters will do)');
  }
  return ok(hexOf(pseudonymiser, shape.characters.subarray(0, 13)));
}

/** Pseudonym of a person whom the portal itself names by a token, taken as it is: 32 hexadecimal digits. */
export function pseudonymOfToken(pseudonymiser: Pseudonymiser, token: string): Result<string, string> {
  if (token === '') return err('an empty line is no token');
  return ok(hexOf(pseudonymiser, Buffer.from(PERSON_TOKEN + token)));
}

function hexOf(pseudonymiser: Pseudonymiser, bytes: Uint8Array): string {
  pseudonymiser.tokenise(bytes, 0, bytes.length);
  const { word0, word1, word2, word3 } = pseudonymiser;
  return [word0, word1, word2, word3].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
