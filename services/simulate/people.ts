/** What a portal's file says of one person: the NIR they are found under, birth date and rank, insurer, contract, cover. */
import { mix32, WeightedChoice, zipfWeights } from '#libs/base/random.ts';
import { completeNir, mistype, nirBody, nirKeyOfParts } from './nir.ts';
import type { Person, Register } from './register.ts';
import { BirthRecord, memberOf, slotOf } from './register.ts';

export const INSURER_COUNT = 42;

/** Numbers of the simulated insurers (AMC), largest first. */
export const INSURERS: readonly string[] = Array.from({ length: INSURER_COUNT }, (_, i) =>
  String(10_000_000 + (mix32(i, 0xa3c) % 89_999_999)),
);
const INSURER_WEIGHTS = zipfWeights(INSURER_COUNT, 0.9);

/** Ways in which a NIR was not the one on file. The parameter is in the bits above. */
export const TYPO_NONE = 0;
/** A slip of the hand: the key does not fit. */
export const TYPO_SLIP = 1;
/** The other sex digit, with the key that belongs to it. */
export const TYPO_SEX = 2;
/** A higher order of birth than the register has, with its key. */
export const TYPO_ORDER = 3;
export const typo = (kind: number, parameter: number): number => kind | (parameter << 2);

/** What the file says of one person, in numbers; a reused object. */
export class PersonFile {
  /** NIR as on file: the place as five characters. */
  sex = 0;
  nirYear = 0;
  nirMonth = 0;
  place = '';
  order = 0;
  key = 0;
  /** Birth of this person, who may be a dependant on the NIR. Four digits, 1-12, 1-28. */
  year = 0;
  month = 0;
  day = 0;
  birthRank = 1;
  /** Index in INSURERS. */
  insurer = 0;
  contractLetter = 65;
  /** Ten digits. */
  contractNumber = 0;
  coverageStartYear = 0;
  coverageStartMonth = 1;
  /** '' where the contract is open. */
  coverageEnd = '';
}

export class People {
  readonly register: Register;
  readonly #currentYear: number;
  /** Last days of the months of the year before. */
  readonly #monthEnds: readonly string[];
  readonly #yearEnd: string;
  readonly #insurerTable: Uint8Array;
  readonly #birth = new BirthRecord();

  constructor(register: Register, currentYear: number) {
    this.register = register;
    this.#currentYear = currentYear;
    this.#yearEnd = `${currentYear}-12-31`;
    this.#monthEnds = Array.from({ length: 12 }, (_, month) =>
      new Date(Date.UTC(currentYear - 1, month + 1, 0)).toISOString().slice(0, 10),
    );
    // A table of 4096 entries by share: one look-up per person in place of a draw.
    const total = INSURER_WEIGHTS.reduce((sum, w) => sum + w, 0);
    this.#insurerTable = new Uint8Array(4096);
    let at = 0;
    let cumulated = 0;
    INSURER_WEIGHTS.forEach((w, i) => {
      cumulated += w;
      const end = Math.round((4096 * cumulated) / total);
      this.#insurerTable.fill(i, at, end);
      at = end;
    });
  }

  /** Index in INSURERS; a family shares its contract. */
  insurerOf(person: Person): number {
    return this.#insurerTable[mix32(slotOf(person), 0x1a5) & 4095]!;
  }

  /** Birth of the slot's owner; the returned object is reused by the next call. */
  birthOf(person: Person): BirthRecord {
    return this.register.read(slotOf(person), this.#birth);
  }

  /** The NIR as typed: the one on file, or spoilt as `typoCode` says (see TYPO_…). 15 characters. */
  nirOf(person: Person, typoCode = TYPO_NONE): string {
    const b = this.register.read(slotOf(person), this.#birth);
    const kind = typoCode & 3;
    const parameter = typoCode >>> 2;
    const sex = kind === TYPO_SEX ? b.sex + (b.sex % 2 === 1 ? 1 : -1) : b.sex;
    const order = kind === TYPO_ORDER ? Math.min(999, b.order + parameter) : b.order;
    const place = isOldCorsica(b) ? `20${b.place.slice(2)}` : b.place;
    const nir = completeNir(nirBody(sex, b.year % 100, b.month, place, order));
    return kind === TYPO_SLIP ? mistype(nir, parameter) : nir;
  }

  /** Fills `out` with everything on file about one person. */
  read(person: Person, out: PersonFile): PersonFile {
    const slot = slotOf(person);
    const member = memberOf(person);
    const b = this.register.read(slot, this.#birth);
    out.sex = b.sex;
    out.nirYear = b.year % 100;
    out.nirMonth = b.month;
    out.order = b.order;
    const old = isOldCorsica(b);
    out.place = old ? `20${b.place.slice(2)}` : b.place;
    out.key = nirKeyOfParts(
      b.sex,
      out.nirYear,
      b.month,
      old ? 20_000 + (b.placeNumber % 1000) : b.placeNumber,
      b.order,
    );
    out.year = b.year;
    out.month = b.month;
    out.day = b.day;
    out.birthRank = 1;
    const h = mix32(slot, 0xbe9);
    if (member > 0) {
      const m = mix32(slot, member === 3 ? 2 : member);
      out.year = Math.min(this.#currentYear - 1, b.year + 21 + (m % 17));
      out.month = 1 + ((m >>> 8) % 12);
      // Odd days and even ones: siblings of one year never share a birthday unless they are twins.
      out.day = (member === 1 ? 1 : 2) + 2 * ((m >>> 16) % 14);
      // The third dependant is now and then the second one's twin, told apart by the rank alone.
      if (member === 3 && h % 5 === 0) out.birthRank = 2;
      else if (member === 3) out.year -= 3;
    }
    out.insurer = this.insurerOf(person);
    out.contractLetter = 65 + (h % 26);
    out.contractNumber = mix32(slot, 0xc0);
    out.coverageStartYear = this.#currentYear - 2 - ((h >>> 5) % 17);
    out.coverageStartMonth = (h >>> 10) % 3 === 0 ? 1 + ((h >>> 12) % 12) : 1;
    out.coverageEnd = this.coverageEnd(slot);
    return out;
  }

  /** Four in a hundred contracts are over; a third of the open ones show the end of the year. '' open. */
  coverageEnd(slot: number): string {
    const h = mix32(slot, 0xe9d);
    const class100 = h % 100;
    if (class100 < 2) return this.#monthEnds[11]!;
    if (class100 < 4) {
      const month = (h >>> 8) % 12;
      return this.#monthEnds[month]!;
    }
    return class100 < 36 ? this.#yearEnd : '';
  }
}

/** Corsica was department 20 until 1976. */
const isOldCorsica = (b: BirthRecord): boolean => b.year < 1976 && b.place.charCodeAt(1) > 64;

/** Draws an insurer's index by size. */
export const insurerChoice = new WeightedChoice(INSURER_WEIGHTS);
