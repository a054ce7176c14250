/** What a portal's file says of one person: the NIR they are found under, birth date and rank, insurer, contract, cover. */
import { mix32, WeightedChoice, zipfWeights } from '#libs/base/random.ts';
import { BIRTHPLACES, BORN_ABROAD } from './france.ts';
import { completeNir, mistype, nirBody } from './nir.ts';
import type { BirthRecord, Person, Register } from './register.ts';
import { memberOf, slotOf } from './register.ts';

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

export interface Beneficiary {
  nir: string;
  /** YYYY-MM-DD. */
  birthDate: string;
  birthRank: number;
  amc: string;
  contract: string;
  coverageStart: string;
  /** '' where the contract is open. */
  coverageEnd: string;
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export class People {
  readonly register: Register;
  readonly #currentYear: number;
  readonly #insurerTable: Uint8Array;
  readonly #birth: BirthRecord = { sex: 1, year: 0, month: 1, day: 1, birthplace: 0, place: '', order: 1 };

  constructor(register: Register, currentYear: number) {
    this.register = register;
    this.#currentYear = currentYear;
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
    // Corsica was department 20 until 1976.
    const place = b.year < 1976 && b.place.charCodeAt(1) > 64 ? `20${b.place.slice(2)}` : b.place;
    const kind = typoCode & 3;
    const parameter = typoCode >>> 2;
    const sex = kind === TYPO_SEX ? b.sex + (b.sex % 2 === 1 ? 1 : -1) : b.sex;
    const order = kind === TYPO_ORDER ? Math.min(999, b.order + parameter) : b.order;
    const nir = completeNir(nirBody(sex, b.year % 100, b.month, place, order));
    return kind === TYPO_SLIP ? mistype(nir, parameter) : nir;
  }

  /** Everything on file about one person. */
  beneficiary(person: Person): Beneficiary {
    const slot = slotOf(person);
    const member = memberOf(person);
    const nir = this.nirOf(person);
    const b = this.#birth;
    const h = mix32(slot, 0xbe9);
    let { year, month, day } = b;
    let birthRank = 1;
    if (member > 0) {
      const m = mix32(slot, member === 3 ? 2 : member);
      year = Math.min(this.#currentYear - 1, year + 21 + (m % 17));
      month = 1 + ((m >>> 8) % 12);
      // Odd days and even ones: siblings of one year never share a birthday unless they are twins.
      day = (member === 1 ? 1 : 2) + 2 * ((m >>> 16) % 14);
      // The third dependant is now and then the second one's twin, told apart by the rank alone.
      if (member === 3 && h % 5 === 0) birthRank = 2;
      else if (member === 3) year -= 3;
    }
    const insurer = INSURERS[this.insurerOf(person)]!;
    return {
      nir,
      birthDate: `${year}-${two(month)}-${two(day)}`,
      birthRank,
      amc: insurer,
      contract: `${String.fromCharCode(65 + (h % 26))}${String(mix32(slot, 0xc0)).padStart(10, '0')}`,
      coverageStart: `${this.#currentYear - 2 - ((h >>> 5) % 17)}-${(h >>> 10) % 3 === 0 ? two(1 + ((h >>> 12) % 12)) : '01'}-01`,
      coverageEnd: this.coverageEnd(slot),
    };
  }

  /** Four in a hundred contracts are over; a third of the open ones show the end of the year. */
  coverageEnd(slot: number): string {
    const h = mix32(slot, 0xe9d);
    const class100 = h % 100;
    if (class100 < 2) return `${this.#currentYear - 1}-12-31`;
    if (class100 < 4) {
      const month = (h >>> 8) % 12;
      return `${this.#currentYear - 1}-${two(month + 1)}-${DAYS_IN_MONTH[month]}`;
    }
    return class100 < 36 ? `${this.#currentYear}-12-31` : '';
  }

  /** Code of the department of birth, '99' for abroad. */
  birthDepartment(person: Person): string {
    return BIRTHPLACES[this.register.birthplaceOf(slotOf(person))]!;
  }

  wasBornAbroad(person: Person): boolean {
    return this.register.birthplaceOf(slotOf(person)) === BORN_ABROAD;
  }
}

/** Draws an insurer's index by size. */
export const insurerChoice = new WeightedChoice(INSURER_WEIGHTS);
