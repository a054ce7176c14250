/**
 * Rows -> decoded access events without a detour over text, for studies that need hundreds of millions of them in one
 * process. The values carry what a decoder would find in the line; identifiers are hashes of other bytes, and the person is
 * a cheap keyed hash in place of an HMAC, since nothing of it leaves the process.
 */
import { hash64, hashString } from '#libs/base/hash64.ts';
import { hashString as hashName, mix32 } from '#libs/base/random.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import {
  ACCOUNT_CLASSES,
  CHANNEL_API,
  NIR_KEY_INVALID,
  NIR_KEY_UNKNOWN,
  NIR_KEY_VALID,
  OUTCOME_FOUND,
  OUTCOME_SUCCESS,
  PROFESSIONS,
} from '#libs/model/codes.ts';
import { DEPARTMENT_UNKNOWN, departmentIndex } from '#libs/model/departments.ts';
import type { SimAccount } from './accounts.ts';
import { dayOf } from './calendar.ts';
import { BIRTHPLACES, RESIDENCE } from './france.ts';
import { INSURERS, TYPO_NONE, TYPO_SLIP } from './people.ts';
import { memberOf, slotOf } from './register.ts';
import type { Row } from './rows.ts';
import { describeSource } from './sources.ts';
import type { World } from './world.ts';

const SOURCE_CACHE = 65_536;
const HASHES_PER_SOURCE = 8;

/** First four groups of what is a network: an IPv4 address' /24, an IPv6 one's /48. */
const networkOf = (ip: string): string =>
  ip.includes(':') ? ip.slice(0, ip.indexOf('::')) : ip.slice(0, ip.lastIndexOf('.'));

export class EventEncoder {
  readonly #world: World;
  readonly #event = new AccessEvent();
  readonly #accountHashes: Int32Array;
  readonly #orgHashes: Int32Array;
  readonly #professions: Uint8Array;
  readonly #classes: Uint8Array;
  readonly #departments: Uint8Array;
  readonly #birthDepartments = Uint8Array.from(BIRTHPLACES, departmentIndex);
  readonly #corsicaBefore1976 = departmentIndex('20');
  readonly #sourceKeys = new Float64Array(SOURCE_CACHE).fill(-1);
  readonly #sourceHashes = new Int32Array(SOURCE_CACHE * HASHES_PER_SOURCE);
  readonly #sourceAsn = new Int32Array(SOURCE_CACHE);
  readonly #sourceCountry = new Int32Array(SOURCE_CACHE);
  readonly #coverageDays = new Map<string, number>([['', -1]]);

  constructor(world: World) {
    this.#world = world;
    const { accounts } = world;
    this.#accountHashes = hashes(accounts, (a) => a.id);
    this.#orgHashes = hashes(accounts, (a) => a.org);
    this.#professions = Uint8Array.from(accounts, (a) => PROFESSIONS.indexOf(a.habits.profession));
    this.#classes = Uint8Array.from(accounts, (a) => ACCOUNT_CLASSES.indexOf(a.habits.accountClass));
    this.#departments = Uint8Array.from(accounts, (a) => departmentIndex(RESIDENCE[a.home]!.code));
  }

  /** The same object each time; copy what is to be kept. */
  encode(row: Row): AccessEvent {
    const e = this.#event;
    const account = this.#world.accounts[row.account]!;
    const i = row.account;
    e.timeMs = row.timeMs;
    e.arrivalMs = row.arrivalMs;
    e.idLo = mix32(account.key, row.sequence) | 0;
    e.idHi = mix32(row.sequence, i) | 1;
    e.accountLo = this.#accountHashes[2 * i]!;
    e.accountHi = this.#accountHashes[2 * i + 1]!;
    e.accountId = account.id;
    e.accountClass = this.#classes[i]!;
    e.profession = this.#professions[i]!;
    e.channel = row.channel;
    e.action = row.action;
    e.outcome = row.outcome;
    e.accountDepartment = this.#departments[i]!;
    e.accountCreatedDay = account.createdDay;
    e.orgLo = this.#orgHashes[2 * i]!;
    e.orgHi = this.#orgHashes[2 * i + 1]!;
    e.sessionLo = row.session;
    e.sessionHi = row.session === 0 ? 0 : mix32(row.session, 1) | 0;
    e.rows = row.outcome === OUTCOME_FOUND ? row.rows : 1;
    this.#fillSource(row, e);
    this.#fillPerson(row, e);
    return e;
  }

  #fillSource(row: Row, e: AccessEvent): void {
    const key = row.network * 0x1_0000_0000 + (row.device >>> 0);
    const at = mix32(row.network, row.device) % SOURCE_CACHE;
    const h = this.#sourceHashes;
    const first = at * HASHES_PER_SOURCE;
    if (this.#sourceKeys[at] !== key) {
      const source = describeSource(row.network, row.device, row.channel === CHANNEL_API);
      [networkOf(source.ip), source.ip, source.device, source.userAgent].forEach((text, n) => {
        hashString(text);
        h[first + 2 * n] = hash64.lo;
        h[first + 2 * n + 1] = hash64.hi;
      });
      this.#sourceAsn[at] = source.asn;
      this.#sourceCountry[at] = (source.country.charCodeAt(0) << 8) | source.country.charCodeAt(1);
      this.#sourceKeys[at] = key;
    }
    e.networkLo = h[first]!;
    e.networkHi = h[first + 1]!;
    e.addressLo = h[first + 2]!;
    e.addressHi = h[first + 3]!;
    e.deviceLo = h[first + 4]!;
    e.deviceHi = h[first + 5]!;
    e.userAgentLo = h[first + 6]!;
    e.userAgentHi = h[first + 7]!;
    e.asn = this.#sourceAsn[at]!;
    e.country = this.#sourceCountry[at]!;
  }

  #fillPerson(row: Row, e: AccessEvent): void {
    if (row.person < 0) {
      e.hasPerson = false;
      e.personLo = e.personHi = e.person2 = e.person3 = 0;
      e.identity = 0;
      e.birthDepartment = DEPARTMENT_UNKNOWN;
      e.nirPrefix = e.nirOrder = e.nirYear = e.coverageEndDay = -1;
      e.nirKey = NIR_KEY_UNKNOWN;
      e.nirSex = 0;
      e.insurer = '';
      return;
    }
    const { people, config } = this.#world;
    const slot = slotOf(row.person);
    e.hasPerson = true;
    // Two slips may give the same wrong NIR: then it is the same nobody.
    const who = row.typo === TYPO_NONE ? slot : hashName(people.nirOf(row.person, row.typo).slice(0, 13));
    const lo = mix32(who ^ config.seed, row.typo & 3);
    e.personLo = lo | 0;
    e.personHi = mix32(lo, who) | 0;
    e.person2 = mix32(who, lo) | 0;
    e.person3 = mix32(e.person2, row.typo & 3) | 0;
    this.#fillNir(row, e);
    const onFile = row.outcome === OUTCOME_FOUND || row.outcome === OUTCOME_SUCCESS;
    e.identity = onFile ? mix32(lo, 1 + memberOf(row.person)) | 1 : 0;
    e.insurer = onFile ? INSURERS[people.insurerOf(row.person)]! : '';
    e.coverageEndDay = onFile ? this.#coverageDay(people.coverageEnd(slot)) : -1;
  }

  /** The NIR's shape; slips, which are few, are read from the text. */
  #fillNir(row: Row, e: AccessEvent): void {
    const { people } = this.#world;
    const b = people.birthOf(row.person);
    if (row.typo === TYPO_NONE) {
      const isCorsica = b.place.charCodeAt(1) > 64;
      const place = isCorsica ? 20_000 + Number(b.place.slice(2)) : Number(b.place);
      e.birthDepartment = isCorsica && b.year < 1976 ? this.#corsicaBefore1976 : this.#birthDepartments[b.birthplace]!;
      e.nirSex = b.sex;
      e.nirYear = b.year % 100;
      e.nirPrefix = ((b.sex * 100 + e.nirYear) * 100 + b.month) * 100_000 + place;
      e.nirOrder = b.order;
      e.nirKey = NIR_KEY_VALID;
      return;
    }
    const nir = people.nirOf(row.person, row.typo);
    e.birthDepartment = departmentIndex(nir.slice(5, /^9[78]/.test(nir.slice(5, 7)) ? 8 : 7));
    const digits = nir.charCodeAt(6) > 64 ? `${nir.slice(0, 5)}20${nir.slice(7)}` : nir;
    e.nirSex = Number(digits[0]);
    e.nirYear = Number(digits.slice(1, 3));
    e.nirPrefix = Number(digits.slice(0, 10));
    e.nirOrder = Number(digits.slice(10, 13));
    e.nirKey = (row.typo & 3) === TYPO_SLIP ? NIR_KEY_INVALID : NIR_KEY_VALID;
  }

  #coverageDay(date: string): number {
    let day = this.#coverageDays.get(date);
    if (day === undefined) {
      day = dayOf(date);
      this.#coverageDays.set(date, day);
    }
    return day;
  }
}

/** Two int32 an account; 0, 0 where the text is empty. */
function hashes(accounts: readonly SimAccount[], text: (account: SimAccount) => string): Int32Array {
  const out = new Int32Array(accounts.length * 2);
  accounts.forEach((account, i) => {
    const value = text(account);
    if (value === '') return;
    hashString(value);
    out[2 * i] = hash64.lo;
    out[2 * i + 1] = hash64.hi;
  });
  return out;
}
