import { hash64, hashBytes } from '#libs/base/hash64.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { MAX_ACCOUNT_ID_CHARACTERS } from '#libs/model/account-id.ts';
import {
  ACCOUNT_CLASSES,
  ACTIONS,
  CHANNEL_WEB,
  CHANNELS,
  CLASS_MANAGER,
  CLASS_PROFESSIONAL,
  NIR_KEY_UNKNOWN,
  OUTCOMES,
  PROFESSION_OTHER,
  PROFESSION_PAYER,
  PROFESSIONS,
} from '#libs/model/codes.ts';
import { DEPARTMENTS, departmentIndex } from '#libs/model/departments.ts';
import { CodeList } from './code-list.ts';
import type { DecodeResult } from './decoder.ts';
import { DECODED, rejectionCode } from './decoder.ts';
import { NO_DAY, NO_TIME, readDay, readTime } from './event-time.ts';
import type { FieldSlices } from './field-slices.ts';
import * as field from './field-slices.ts';
import type { Interner } from './interner.ts';
import { fillNetwork } from './network-address.ts';
import { NirShape, readNir } from './nir.ts';
import type { Pseudonymiser } from './pseudonymise.ts';
import { PERSON_MALFORMED_NIR, PERSON_TOKEN } from './pseudonymise.ts';

/**
 * The one place where the fields of a record become an {@link AccessEvent}, whichever decoder found them: checks each
 * in the order of `FIELDS`, hashes, takes the NIR's shape and replaces the person by a pseudonym.
 */

/** Largest numbers of distinct strings kept; beyond, strings are made afresh each time and counted. */
export const MAX_INTERNED_ACCOUNTS = 1_000_000;
export const MAX_INTERNED_INSURERS = 10_000;

const classes = new CodeList(ACCOUNT_CLASSES);
const professions = new CodeList(PROFESSIONS);
const channels = new CodeList(CHANNELS);
const actions = new CodeList(ACTIONS);
const outcomes = new CodeList(OUTCOMES);

const MISSING = rejectionCode('missing_field');
const WRONG_VALUE = rejectionCode('wrong_value');
const BAD_TIME = rejectionCode('bad_time');

export class EventFiller {
  /** Index in `FIELDS` of what the last rejection is about. */
  rejectedField = 0;
  readonly #pseudonymiser: Pseudonymiser;
  readonly #accounts: Interner;
  readonly #insurers: Interner;
  readonly #nir = new NirShape();
  #person = new Uint8Array(256);

  constructor(pseudonymiser: Pseudonymiser, accounts: Interner, insurers: Interner) {
    this.#pseudonymiser = pseudonymiser;
    this.#accounts = accounts;
    this.#insurers = insurers;
  }

  /** Fills every field of `event` but the time from `slices`, then the time from its slice (RFC 3339). */
  fill(slices: FieldSlices, event: AccessEvent): DecodeResult {
    const { bytes, starts, ends } = slices;
    const idStart = starts[field.FIELD_ID];
    if (idStart < 0) return this.#reject(MISSING, field.FIELD_ID);
    const idEnd = ends[field.FIELD_ID];
    if (idEnd === idStart || !fits(bytes, idStart, idEnd, field.MAX_ID_CHARACTERS))
      return this.#reject(WRONG_VALUE, field.FIELD_ID);
    hashBytes(bytes, idStart, idEnd);
    event.idLo = hash64.lo;
    event.idHi = hash64.hi;

    const timeStart = starts[field.FIELD_TIME];
    if (timeStart < 0) return this.#reject(MISSING, field.FIELD_TIME);
    const timeMs = readTime(bytes, timeStart, ends[field.FIELD_TIME]);
    if (timeMs === NO_TIME) return this.#reject(BAD_TIME, field.FIELD_TIME);
    event.timeMs = timeMs;
    return this.fillTimed(slices, event);
  }

  /** As {@link EventFiller.fill} for a record whose id and time the caller has set in `event`. */
  fillTimed(slices: FieldSlices, event: AccessEvent): DecodeResult {
    event.arrivalMs = 0;
    return this.#fillAccount(slices, event) || this.#fillAccess(slices, event) || this.#fillBeneficiary(slices, event);
  }

  #fillAccount(slices: FieldSlices, event: AccessEvent): DecodeResult {
    const { bytes, starts, ends } = slices;
    const start = starts[field.FIELD_ACCOUNT];
    if (start < 0) return this.#reject(MISSING, field.FIELD_ACCOUNT);
    const end = ends[field.FIELD_ACCOUNT];
    if (end === start || !fits(bytes, start, end, MAX_ACCOUNT_ID_CHARACTERS) || holdsControl(bytes, start, end)) {
      return this.#reject(WRONG_VALUE, field.FIELD_ACCOUNT);
    }
    event.accountId = this.#accounts.intern(bytes, start, end);
    event.accountLo = hash64.lo;
    event.accountHi = hash64.hi;

    const profession = findCode(slices, field.FIELD_PROFESSION, professions, PROFESSION_OTHER);
    if (profession < 0) return this.#reject(WRONG_VALUE, field.FIELD_PROFESSION);
    event.profession = profession;
    // An insurer's staff are managers, also where the log does not say so.
    const usual = profession === PROFESSION_PAYER ? CLASS_MANAGER : CLASS_PROFESSIONAL;
    const accountClass = findCode(slices, field.FIELD_CLASS, classes, usual);
    if (accountClass < 0) return this.#reject(WRONG_VALUE, field.FIELD_CLASS);
    event.accountClass = accountClass;

    hashField(slices, field.FIELD_ORG);
    event.orgLo = hash64.lo;
    event.orgHi = hash64.hi;
    event.accountDepartment = readDepartment(bytes, starts[field.FIELD_DEPARTMENT], ends[field.FIELD_DEPARTMENT]);
    const createdDay = readOptionalDay(slices, field.FIELD_CREATED_AT);
    if (createdDay === NO_DAY) return this.#reject(WRONG_VALUE, field.FIELD_CREATED_AT);
    event.accountCreatedDay = createdDay;
    return DECODED;
  }

  #fillAccess(slices: FieldSlices, event: AccessEvent): DecodeResult {
    const { bytes, starts, ends, numbers } = slices;
    hashField(slices, field.FIELD_SESSION);
    event.sessionLo = hash64.lo;
    event.sessionHi = hash64.hi;
    fillNetwork(event, bytes, starts[field.FIELD_IP], ends[field.FIELD_IP]);
    event.asn = Math.max(0, numbers[field.FIELD_ASN]);
    event.country = readCountry(bytes, starts[field.FIELD_COUNTRY], ends[field.FIELD_COUNTRY]);
    hashField(slices, field.FIELD_DEVICE);
    event.deviceLo = hash64.lo;
    event.deviceHi = hash64.hi;
    hashField(slices, field.FIELD_USER_AGENT);
    event.userAgentLo = hash64.lo;
    event.userAgentHi = hash64.hi;

    const channel = findCode(slices, field.FIELD_CHANNEL, channels, CHANNEL_WEB);
    if (channel < 0) return this.#reject(WRONG_VALUE, field.FIELD_CHANNEL);
    event.channel = channel;
    const action = findCode(slices, field.FIELD_ACTION, actions, ABSENT);
    if (action < 0) return this.#reject(action === ABSENT ? MISSING : WRONG_VALUE, field.FIELD_ACTION);
    event.action = action;
    const outcome = findCode(slices, field.FIELD_OUTCOME, outcomes, ABSENT);
    if (outcome < 0) return this.#reject(outcome === ABSENT ? MISSING : WRONG_VALUE, field.FIELD_OUTCOME);
    event.outcome = outcome;
    event.rows = numbers[field.FIELD_ROWS] < 0 ? 1 : numbers[field.FIELD_ROWS];
    return DECODED;
  }

  #fillBeneficiary(slices: FieldSlices, event: AccessEvent): DecodeResult {
    const { bytes, starts, ends } = slices;
    this.#fillPerson(slices, event);
    event.identity = event.hasPerson ? identityOf(slices, event.personLo) : 0;
    const amc = starts[field.FIELD_AMC];
    event.insurer =
      amc < 0 || amc === ends[field.FIELD_AMC] ? '' : this.#insurers.intern(bytes, amc, ends[field.FIELD_AMC]);
    const coverageEnd = readOptionalDay(slices, field.FIELD_COVERAGE_END);
    if (coverageEnd === NO_DAY) return this.#reject(WRONG_VALUE, field.FIELD_COVERAGE_END);
    event.coverageEndDay = coverageEnd;
    return DECODED;
  }

  /** NIR before token; a NIR without the shape of one is still somebody's search, so it counts as a person too. */
  #fillPerson(slices: FieldSlices, event: AccessEvent): void {
    const { bytes, starts, ends } = slices;
    const nirStart = starts[field.FIELD_NIR];
    const tokenStart = starts[field.FIELD_TOKEN];
    event.hasPerson = true;
    if (nirStart >= 0 && nirStart < ends[field.FIELD_NIR]) {
      const nir = this.#nir;
      if (readNir(bytes, nirStart, ends[field.FIELD_NIR], nir)) {
        this.#setPerson(event, nir.characters, 0, 13);
        event.birthDepartment = nir.department;
        event.nirPrefix = nir.prefix;
        event.nirOrder = nir.order;
        event.nirKey = nir.key;
        event.nirSex = nir.sex;
        event.nirYear = nir.year;
        return;
      }
      this.#setPrefixedPerson(event, PERSON_MALFORMED_NIR, bytes, nirStart, ends[field.FIELD_NIR]);
    } else if (tokenStart >= 0 && tokenStart < ends[field.FIELD_TOKEN]) {
      this.#setPrefixedPerson(event, PERSON_TOKEN, bytes, tokenStart, ends[field.FIELD_TOKEN]);
    } else {
      event.hasPerson = false;
      event.personLo = event.personHi = event.person2 = event.person3 = 0;
    }
    event.birthDepartment = 0;
    event.nirPrefix = -1;
    event.nirOrder = -1;
    event.nirKey = NIR_KEY_UNKNOWN;
    event.nirSex = 0;
    event.nirYear = -1;
  }

  #setPrefixedPerson(event: AccessEvent, prefix: string, bytes: Buffer, start: number, end: number): void {
    const length = prefix.length + end - start;
    if (this.#person.length < length) this.#person = new Uint8Array(length * 2);
    const person = this.#person;
    for (let i = 0; i < prefix.length; i++) person[i] = prefix.charCodeAt(i);
    for (let i = start, to = prefix.length; i < end; i++, to++) person[to] = bytes[i];
    this.#setPerson(event, person, 0, length);
  }

  #setPerson(event: AccessEvent, bytes: Uint8Array, start: number, end: number): void {
    const pseudonymiser = this.#pseudonymiser;
    pseudonymiser.tokenise(bytes, start, end);
    event.personLo = pseudonymiser.word0;
    event.personHi = pseudonymiser.word1;
    event.person2 = pseudonymiser.word2;
    event.person3 = pseudonymiser.word3;
  }

  #reject(result: DecodeResult, fieldIndex: number): DecodeResult {
    this.rejectedField = fieldIndex;
    return result;
  }
}

/** What {@link findCode} returns for a field that is absent and has no default; -1 is a name that is not in the list. */
const ABSENT = -2;

function findCode(slices: FieldSlices, index: number, list: CodeList, absent: number): number {
  const start = slices.starts[index];
  return start < 0 ? absent : list.find(slices.bytes, start, slices.ends[index]);
}

/** Hash of a text field into `hash64`; (0, 0) where it is absent or empty. */
function hashField(slices: FieldSlices, index: number): void {
  const start = slices.starts[index];
  if (start < 0 || start === slices.ends[index]) {
    hash64.lo = 0;
    hash64.hi = 0;
  } else {
    hashBytes(slices.bytes, start, slices.ends[index]);
  }
}

/** Day of a date field, never negative; -1 where it is absent or empty, {@link NO_DAY} where it is no date. */
function readOptionalDay(slices: FieldSlices, index: number): number {
  const start = slices.starts[index];
  if (start < 0 || start === slices.ends[index]) return -1;
  const day = readDay(slices.bytes, start, slices.ends[index]);
  // Days before the epoch stand for "long ago": -1 already means that the event has none.
  return day === NO_DAY ? NO_DAY : Math.max(0, day);
}

/** Birth date and rank tell people under one NIR apart; seeded with the pseudonym, so that the date cannot be guessed. */
function identityOf(slices: FieldSlices, personLo: number): number {
  const start = slices.starts[field.FIELD_BIRTH_DATE];
  const end = slices.ends[field.FIELD_BIRTH_DATE];
  const rank = slices.numbers[field.FIELD_BIRTH_RANK];
  const hasDate = start >= 0 && start < end;
  if (!hasDate && rank < 0) return 0;
  hashBytes(slices.bytes, hasDate ? start : 0, hasDate ? end : 0, personLo ^ Math.imul(rank + 2, 0x9e3779b1));
  return hash64.lo || 1;
}

/** Characters are counted as in `schema.ts`, in UTF-16 units; for what is ASCII that is bytes. */
const fits = (bytes: Buffer, start: number, end: number, characters: number): boolean =>
  end - start <= characters || bytes.toString('utf8', start, end).length <= characters;

/** Control characters (Cc: C0, DEL, C1) in UTF-8 text: `isAccountId` says why an account's id may hold none. */
function holdsControl(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte < 32 || byte === 127) return true;
    if (byte === 0xc2 && i + 1 < end && bytes[i + 1] < 0xa0) return true;
  }
  return false;
}

/** Two letters as one number; 0 where the field is absent or anything else. */
function readCountry(bytes: Buffer, start: number, end: number): number {
  if (start < 0 || end - start !== 2) return 0;
  const a = bytes[start] & ~0x20;
  const b = bytes[start + 1] & ~0x20;
  return a >= 65 && a <= 90 && b >= 65 && b <= 90 ? (a << 8) | b : 0;
}

/** `69`, `2A`, `971`; also `1` for 01 and the health insurance's `069`. 0 where absent or unknown. */
function readDepartment(bytes: Buffer, start: number, end: number): number {
  if (start < 0) return 0;
  if (end - start === 3 && bytes[start] === 48) start++;
  const length = end - start;
  if (length === 1) return DEPARTMENT_BY_BYTES.get((48 << 8) | bytes[start]) ?? 0;
  if (length === 2) return DEPARTMENT_BY_BYTES.get((bytes[start] << 8) | bytes[start + 1]) ?? 0;
  if (length !== 3) return 0;
  return DEPARTMENT_BY_BYTES.get((bytes[start] << 16) | (bytes[start + 1] << 8) | bytes[start + 2]) ?? 0;
}

const DEPARTMENT_BY_BYTES = new Map<number, number>();
for (const code of [...DEPARTMENTS.slice(1), '20', '2a', '2b']) {
  let packed = 0;
  for (const character of code) packed = (packed << 8) | character.charCodeAt(0);
  DEPARTMENT_BY_BYTES.set(packed, departmentIndex(code));
}
