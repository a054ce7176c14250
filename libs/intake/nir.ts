import { NIR_KEY_INVALID, NIR_KEY_UNKNOWN, NIR_KEY_VALID } from '#libs/model/codes.ts';
import { DEPARTMENT_ABROAD, departmentIndex } from '#libs/model/departments.ts';

/**
 * The shape of a NIR (numéro d'inscription au répertoire, the French social security number), read from bytes without
 * allocating. Composition: decree 82-103 of 22 January 1982, article 4, and INSEE's description of the RNIPP:
 *
 *   S YY MM DD CCC OOO KK   sex, year and month of birth, department, commune (both: place), order, key
 *
 * - Corsica: department 2A or 2B; before 1976 it was 20. Commune numbers were kept at the split, so both fold to 20.
 * - Overseas: department of three digits (97x, 98x) and a commune of two. Abroad: 99 and the country's number.
 * - Key: 97 - (the 13 digits modulo 97), where 2A counts as 19 and 2B as 18.
 * - Sex 1 and 2; 3, 4 while being registered, 7, 8 for a temporary number. Months above 12 stand for unknown ones.
 *
 * What is written with a wrong digit is still somebody's search, so shape is asked of the characters only: 13 or 15 of
 * them once spaces are left out, all digits but for Corsica. Nothing here says that a NIR was ever given to anyone.
 */

const NIR_CHARACTERS = 13;
const NIR_WITH_KEY_CHARACTERS = 15;

const ZERO = 48;
const SPACE = 32;
const SEXES = new Set([1, 2, 3, 4, 7, 8]);

/** One NIR taken apart; a reused object. The fields hold the last NIR for which {@link readNir} returned true. */
export class NirShape {
  /** The 13 characters without key and spaces, ASCII, Corsica's letter in upper case: what is pseudonymised. */
  readonly characters = new Uint8Array(NIR_WITH_KEY_CHARACTERS);
  /** 1, 2, 3, 4, 7 or 8; 0 for any other digit. */
  sex = 0;
  /** Two digits: 0..99. */
  year = 0;
  /** 1..12, or what stands for an unknown month. */
  month = 0;
  /** Index in `DEPARTMENTS`, 0 unknown. */
  department = 0;
  /** Sex, year, month and place: ten digits as a number, Corsica as department 20. */
  prefix = 0;
  /** Order among the births of that month and place, 0..999. */
  order = 0;
  /** `NIR_KEY_UNKNOWN` where the key is not given, else valid or invalid. */
  key = NIR_KEY_UNKNOWN;
}

const TWO_DIGIT_DEPARTMENT = Uint8Array.from({ length: 100 }, (_, n) => departmentIndex(String(n).padStart(2, '0')));
// Births in the protectorate of Tunisia were numbered 96 before its independence.
TWO_DIGIT_DEPARTMENT[96] = DEPARTMENT_ABROAD;
const OVERSEAS_DEPARTMENT = Uint8Array.from({ length: 20 }, (_, n) => departmentIndex(String(970 + n)));
const CORSE_DU_SUD = departmentIndex('2A');
const HAUTE_CORSE = departmentIndex('2B');

/** Takes the NIR in `bytes[start, end)` apart. Returns false, `into` then being undefined, where it is none. */
export function readNir(bytes: Uint8Array, start: number, end: number, into: NirShape): boolean {
  const c = into.characters;
  let length = 0;
  let corsica = 0;
  for (let i = start; i < end; i++) {
    let byte = bytes[i];
    if (byte === SPACE) continue;
    if (length === NIR_WITH_KEY_CHARACTERS) return false;
    if (byte < ZERO || byte > ZERO + 9) {
      byte &= ~0x20; // to upper case
      if (length !== 6 || c[5] !== ZERO + 2 || (byte !== 65 && byte !== 66)) return false;
      corsica = byte;
    }
    c[length++] = byte;
  }
  if (length !== NIR_CHARACTERS && length !== NIR_WITH_KEY_CHARACTERS) return false;

  const sex = c[0] - ZERO;
  into.sex = SEXES.has(sex) ? sex : 0;
  into.year = twoDigits(c, 1);
  into.month = twoDigits(c, 3);
  const department = corsica === 0 ? twoDigits(c, 5) : 20;
  into.department =
    corsica !== 0
      ? corsica === 65
        ? CORSE_DU_SUD
        : HAUTE_CORSE
      : department === 97 || department === 98
        ? OVERSEAS_DEPARTMENT[(department - 97) * 10 + c[7] - ZERO]
        : TWO_DIGIT_DEPARTMENT[department];
  const commune = threeDigits(c, 7);
  const birth = (sex * 100 + into.year) * 100 + into.month;
  into.order = threeDigits(c, 10);
  into.prefix = birth * 100_000 + department * 1000 + commune;

  if (length === NIR_CHARACTERS) {
    into.key = NIR_KEY_UNKNOWN;
  } else {
    const counted = corsica === 0 ? department : corsica === 65 ? 19 : 18;
    // In two steps, so that each stays within 31 bits.
    const high = (birth * 100 + counted) % 97;
    const remainder = (high * 1_000_000 + commune * 1000 + into.order) % 97;
    into.key = 97 - remainder === twoDigits(c, 13) ? NIR_KEY_VALID : NIR_KEY_INVALID;
  }
  return true;
}

/** The key that belongs to 13 characters (Corsica's letter allowed), 1..97. For generators and tests. */
export function nirKey(thirteen: string): number {
  const digits = thirteen.replace('2A', '19').replace('2B', '18');
  return 97 - Number(BigInt(digits) % 97n);
}

const twoDigits = (c: Uint8Array, at: number): number => (c[at] - ZERO) * 10 + c[at + 1] - ZERO;
const threeDigits = (c: Uint8Array, at: number): number => twoDigits(c, at) * 10 + c[at + 2] - ZERO;
