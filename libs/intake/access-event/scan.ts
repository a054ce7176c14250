import type { FieldSlices } from '../field-slices.ts';
import * as field from '../field-slices.ts';
import { KeyTable } from './key-table.ts';

/**
 * The fast path: walks the bytes of one access event once and notes where the wanted fields stand. It takes only what
 * it is sure of and gives up on everything else (an escape, a byte over 127, a key twice, a wanted value of another
 * type, a number it does not read exactly, whatever is not JSON); the full parser then decides and explains. So it may
 * never take what `JSON.parse` and the schema would not, nor read another value: a differential test holds it to that.
 */

const OBJECT_ACCOUNT = 24;
const OBJECT_SOURCE = 25;
const OBJECT_BENEFICIARY = 26;

const ROOT_KEYS = new KeyTable(27, {
  id: field.FIELD_ID,
  time: field.FIELD_TIME,
  account: OBJECT_ACCOUNT,
  session: field.FIELD_SESSION,
  source: OBJECT_SOURCE,
  channel: field.FIELD_CHANNEL,
  action: field.FIELD_ACTION,
  outcome: field.FIELD_OUTCOME,
  beneficiary: OBJECT_BENEFICIARY,
  rows: field.FIELD_ROWS,
});
const ACCOUNT_KEYS = new KeyTable(28, {
  id: field.FIELD_ACCOUNT,
  class: field.FIELD_CLASS,
  profession: field.FIELD_PROFESSION,
  org: field.FIELD_ORG,
  department: field.FIELD_DEPARTMENT,
  createdAt: field.FIELD_CREATED_AT,
});
const SOURCE_KEYS = new KeyTable(29, {
  ip: field.FIELD_IP,
  asn: field.FIELD_ASN,
  country: field.FIELD_COUNTRY,
  device: field.FIELD_DEVICE,
  userAgent: field.FIELD_USER_AGENT,
});
const BENEFICIARY_KEYS = new KeyTable(30, {
  nir: field.FIELD_NIR,
  token: field.FIELD_TOKEN,
  birthDate: field.FIELD_BIRTH_DATE,
  birthRank: field.FIELD_BIRTH_RANK,
  amc: field.FIELD_AMC,
  coverageEnd: field.FIELD_COVERAGE_END,
});

const IS_NUMBER = Uint8Array.from({ length: 32 }, (_, key) => (field.NUMERIC_FIELDS.has(key) ? 1 : 0));

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const MAX_DIGITS = 15;
const MAX_DEPTH = 16;

/** What ends the run of plain characters of a string: quote, backslash, control characters, everything over 127. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 32 || byte > 126 || byte === 34 || byte === 92 ? 1 : 0,
);

/** Position meaning "give up". */
const GIVE_UP = -1;

export class AccessEventScanner {
  readonly slices: FieldSlices;
  #seen = 0;
  /** For each key, and for each object's beginning, the key that came next the last time. */
  readonly #following = new Uint8Array(32);

  constructor(slices: FieldSlices) {
    this.slices = slices;
    for (const keys of [ROOT_KEYS, ACCOUNT_KEYS, SOURCE_KEYS, BENEFICIARY_KEYS]) {
      this.#following[keys.start] = keys.first;
      for (let key = 0; key < keys.start; key++) if (keys.literals[key].length > 0) this.#following[key] = keys.first;
    }
  }

  /** Notes the fields of the event in `bytes[start, end)` in `slices`. False: ask the full parser. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.slices.clear(bytes);
    this.#seen = 0;
    const open = skipSpace(bytes, start, end);
    if (open >= end || bytes[open] !== OPEN_BRACE) return false;
    const after = this.#object(bytes, open + 1, end, ROOT_KEYS);
    return after !== GIVE_UP && skipSpace(bytes, after, end) === end;
  }

  /**
   * Reads an object from behind its brace; returns the position behind its end. A log's events have their keys in the
   * same order nearly always, so the key that followed last time is compared first.
   */
  #object(bytes: Buffer, from: number, end: number, keys: KeyTable): number {
    let at = skipSpace(bytes, from, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return at + 1;
    let previous = keys.start;
    for (;;) {
      let key = this.#following[previous];
      const expected = keys.literals[key];
      let i = 0;
      while (i < expected.length && bytes[at + i] === expected[i]) i++;
      if (i === expected.length) {
        at += i;
        previous = key;
      } else {
        if (at >= end || bytes[at] !== QUOTE) return GIVE_UP;
        const keyEnd = endOfString(bytes, at + 1, end);
        if (keyEnd === GIVE_UP) return GIVE_UP;
        key = keys.find(bytes, at + 1, keyEnd);
        if (key >= 0) {
          this.#following[previous] = key;
          previous = key;
        }
        at = skipSpace(bytes, keyEnd + 1, end);
        if (at >= end || bytes[at] !== COLON) return GIVE_UP;
        at++;
      }
      at = skipSpace(bytes, at, end);
      if (at >= end) return GIVE_UP;
      at = key < 0 ? skipValue(bytes, at, end, 0) : this.#known(bytes, at, end, key);
      if (at === GIVE_UP) return GIVE_UP;
      at = skipSpace(bytes, at, end);
      if (at >= end) return GIVE_UP;
      if (bytes[at] === CLOSE_BRACE) return at + 1;
      if (bytes[at] !== COMMA) return GIVE_UP;
      at = skipSpace(bytes, at + 1, end);
    }
  }

  /** Reads the value of a known key; returns the position behind it. */
  #known(bytes: Buffer, at: number, end: number, key: number): number {
    const bit = 1 << key;
    if ((this.#seen & bit) !== 0) return GIVE_UP;
    this.#seen |= bit;
    const first = bytes[at];
    if (first === QUOTE) {
      if (key >= OBJECT_ACCOUNT || IS_NUMBER[key] === 1) return GIVE_UP;
      const close = endOfString(bytes, at + 1, end);
      if (close === GIVE_UP) return GIVE_UP;
      this.slices.starts[key] = at + 1;
      this.slices.ends[key] = close;
      return close + 1;
    }
    if (first === OPEN_BRACE) {
      if (key === OBJECT_ACCOUNT) return this.#object(bytes, at + 1, end, ACCOUNT_KEYS);
      if (key === OBJECT_SOURCE) return this.#object(bytes, at + 1, end, SOURCE_KEYS);
      return key === OBJECT_BENEFICIARY ? this.#object(bytes, at + 1, end, BENEFICIARY_KEYS) : GIVE_UP;
    }
    if (first >= ZERO && first <= ZERO + 9) return this.#number(bytes, at, end, key);
    // null, true, false, arrays, negative numbers: rare, and the schema knows what each means.
    return GIVE_UP;
  }

  /** A whole number without sign, fraction or exponent, within the field's bounds. */
  #number(bytes: Buffer, from: number, end: number, key: number): number {
    if (IS_NUMBER[key] === 0) return GIVE_UP;
    const at = endOfDigits(bytes, from, end);
    if (at === GIVE_UP) return GIVE_UP;
    let n = 0;
    for (let i = from; i < at; i++) n = n * 10 + bytes[i] - ZERO;
    const most =
      key === field.FIELD_ASN ? field.MAX_ASN : key === field.FIELD_ROWS ? field.MAX_ROWS : field.MAX_BIRTH_RANK;
    if (n > most) return GIVE_UP;
    this.slices.numbers[key] = n;
    return at;
  }
}

/** First position at or after `at` that is no white space of JSON (RFC 8259, section 2). */
function skipSpace(bytes: Buffer, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at];
    if (byte > 32 || (byte !== 32 && byte !== 9 && byte !== 10 && byte !== 13)) return at;
    at++;
  }
  return at;
}

/** Position of the closing quote of a plain ASCII string without escapes, from behind its opening one. */
function endOfString(bytes: Buffer, at: number, end: number): number {
  while (at < end && ENDS_RUN[bytes[at]] === 0) at++;
  return at < end && bytes[at] === QUOTE ? at : GIVE_UP;
}

/** End of a run of at most 15 digits without a leading zero, which stands before a delimiter. */
function endOfDigits(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] >= ZERO && bytes[at] <= ZERO + 9) at++;
  const count = at - from;
  if (count === 0 || count > MAX_DIGITS || (count > 1 && bytes[from] === ZERO)) return GIVE_UP;
  return at;
}

/** Walks over a value that nobody wants, checking that it is JSON; returns the position behind it. */
function skipValue(bytes: Buffer, at: number, end: number, depth: number): number {
  if (at >= end || depth > MAX_DEPTH) return GIVE_UP;
  const first = bytes[at];
  if (first === QUOTE) {
    const close = endOfString(bytes, at + 1, end);
    return close === GIVE_UP ? GIVE_UP : close + 1;
  }
  if (first === OPEN_BRACE) return skipMembers(bytes, at, end, depth, CLOSE_BRACE);
  if (first === OPEN_BRACKET) return skipMembers(bytes, at, end, depth, CLOSE_BRACKET);
  if (first === MINUS || (first >= ZERO && first <= ZERO + 9)) return skipNumber(bytes, at, end);
  if (first === 116) return skipWord(bytes, at, end, TRUE);
  if (first === 102) return skipWord(bytes, at, end, FALSE);
  return first === 110 ? skipWord(bytes, at, end, NULL) : GIVE_UP;
}

/** Walks over an object or an array, whose opening character stands at `at`. */
function skipMembers(bytes: Buffer, at: number, end: number, depth: number, close: number): number {
  at = skipSpace(bytes, at + 1, end);
  if (at < end && bytes[at] === close) return at + 1;
  for (;;) {
    if (close === CLOSE_BRACE) {
      if (at >= end || bytes[at] !== QUOTE) return GIVE_UP;
      at = endOfString(bytes, at + 1, end);
      if (at === GIVE_UP) return GIVE_UP;
      at = skipSpace(bytes, at + 1, end);
      if (at >= end || bytes[at] !== COLON) return GIVE_UP;
      at = skipSpace(bytes, at + 1, end);
    }
    at = skipValue(bytes, at, end, depth + 1);
    if (at === GIVE_UP) return GIVE_UP;
    at = skipSpace(bytes, at, end);
    if (at >= end) return GIVE_UP;
    if (bytes[at] === close) return at + 1;
    if (bytes[at] !== COMMA) return GIVE_UP;
    at = skipSpace(bytes, at + 1, end);
  }
}

function skipNumber(bytes: Buffer, at: number, end: number): number {
  if (bytes[at] === MINUS) at++;
  at = endOfDigits(bytes, at, end);
  if (at === GIVE_UP || at >= end || bytes[at] !== POINT) return at;
  const fraction = ++at;
  while (at < end && bytes[at] >= ZERO && bytes[at] <= ZERO + 9) at++;
  return at === fraction ? GIVE_UP : at;
}

const TRUE = new TextEncoder().encode('true');
const FALSE = new TextEncoder().encode('false');
const NULL = new TextEncoder().encode('null');

function skipWord(bytes: Buffer, at: number, end: number, word: Uint8Array): number {
  if (end - at < word.length) return GIVE_UP;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return GIVE_UP;
  return at + word.length;
}
