/**
 * The NIR (numéro d'inscription au répertoire): sex, year, month, place of birth, order of birth there, and a key of two
 * digits. Written from its parts, and spoilt the way a hand spoils it.
 */

/** Two digits and three characters of the place of birth, joined: "69123", "2A004", "97105", "99352". */
export type Place = string;

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
const three = (n: number): string => (n < 10 ? `00${n}` : n < 100 ? `0${n}` : `${n}`);

/** The 13 characters before the key. `year` has two digits, `order` is 1 to 999. */
export const nirBody = (sex: number, year: number, month: number, place: Place, order: number): string =>
  `${sex}${two(year)}${two(month)}${place}${three(order)}`;

/** The 13 characters as a number: Corsica's 2A counts as 19 and 2B as 18, which is how its key is defined. */
export function nirNumber(body: string): number {
  const letter = body.charCodeAt(6);
  if (letter === 65) return Number(`${body.slice(0, 5)}19${body.slice(7)}`);
  if (letter === 66) return Number(`${body.slice(0, 5)}18${body.slice(7)}`);
  return Number(body);
}

/** Key of a 13-character body: 97 less the remainder of the number by 97. */
export const nirKey = (body: string): number => 97 - (nirNumber(body) % 97);

/** The same from numbers, `place` being five digits with Corsica as in {@link nirNumber}; in two steps of 31 bits. */
export function nirKeyOfParts(sex: number, year: number, month: number, place: number, order: number): number {
  const department = Math.floor(place / 1000);
  const high = (((sex * 100 + year) * 100 + month) * 100 + department) % 97;
  return 97 - ((high * 1_000_000 + (place - department * 1000) * 1000 + order) % 97);
}

/** Body and its right key: 15 characters. */
export const completeNir = (body: string): string => body + two(nirKey(body));

/** True where the last two digits are the key of the first thirteen. */
export const hasValidKey = (nir: string): boolean =>
  nir.length === 15 && Number(nir.slice(13)) === nirKey(nir.slice(0, 13));

/**
 * A slip of the hand: one digit of the order, the year or the month wrong, or two neighbours swapped; `slip` chooses
 * which. The key stays the one of the right number, so that it no longer fits.
 */
export function mistype(nir: string, slip: number): string {
  const positions = [12, 11, 10, 2, 4, 9, 1, 8];
  const at = positions[slip % positions.length]!;
  const digit = nir.charCodeAt(at) - 48;
  const other = (digit + 1 + ((slip >>> 3) % 9)) % 10;
  if ((slip >>> 8) % 3 === 0 && nir[at] !== nir[at - 1] && at > 1) {
    return nir.slice(0, at - 1) + nir[at]! + nir[at - 1]! + nir.slice(at + 1);
  }
  return `${nir.slice(0, at)}${other}${nir.slice(at + 1)}`;
}
