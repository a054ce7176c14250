/**
 * Rows -> access events, version 1, as NDJSON. Bytes are written straight into a buffer from prepared pieces and digits:
 * several times faster than strings of objects, which is what lets a laptop make a month of a region in seconds.
 */
import { mix32 } from '#libs/base/random.ts';
import { ACTIONS, CHANNEL_API, CHANNELS, OUTCOME_FOUND, OUTCOME_SUCCESS, OUTCOMES } from '#libs/model/codes.ts';
import { DAY_MS } from './calendar.ts';
import { INSURERS, PersonFile } from './people.ts';
import type { Row } from './rows.ts';
import { describeSource } from './sources.ts';
import type { World } from './world.ts';

/** No line is longer. */
export const MAX_LINE_BYTES = 2048;
const SOURCE_CACHE = 65_536;
const ZERO = 48;
const MINUS = 45;

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const BASE32 = bytes('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
const HEX = bytes('0123456789abcdef');

const ID = bytes('{"id":"');
const TIME = bytes('","time":"');
const NIR = bytes(',"beneficiary":{"nir":"');
const BIRTH_DATE = bytes('","birthDate":"');
const BIRTH_RANK = bytes('","birthRank":');
const AMC = INSURERS.map((amc) => bytes(`,"amc":"${amc}","contract":"`));
const COVERAGE_START = bytes('","coverageStart":"');
const COVERAGE_END = bytes('","coverageEnd":"');
const END_OF_TEXT = bytes('"}');
const ROWS = bytes(',"rows":');
const OPERATIONS = CHANNELS.map((channel) =>
  ACTIONS.map((action) =>
    OUTCOMES.map((outcome) => bytes(`"channel":"${channel}","action":"${action}","outcome":"${outcome}"`)),
  ),
);

export class LineEncoder {
  readonly #world: World;
  readonly #accounts: readonly Uint8Array[];
  readonly #sourceKeys = new Float64Array(SOURCE_CACHE).fill(-1);
  readonly #sources: Uint8Array[] = new Array(SOURCE_CACHE).fill(new Uint8Array(0));
  readonly #file = new PersonFile();
  readonly #line = Buffer.alloc(MAX_LINE_BYTES);
  #day = -1;
  #date = new Uint8Array(11);
  #out: Uint8Array = this.#line;
  #at = 0;

  constructor(world: World) {
    this.#world = world;
    this.#accounts = world.accounts.map((a) => bytes(`Z","account":${JSON.stringify(a.describe())},"session":"s-`));
  }

  /** One event without its line end, as text. */
  encode(row: Row): string {
    return this.#line.toString('latin1', 0, this.encodeInto(row, this.#line, 0));
  }

  /** Writes one event without its line end to `out` from `at`, which has room for MAX_LINE_BYTES; returns its end. */
  encodeInto(row: Row, out: Uint8Array, at: number): number {
    this.#out = out;
    this.#at = at;
    this.#put(ID);
    this.#putId(row);
    this.#put(TIME);
    this.#putTime(row.timeMs);
    this.#put(this.#accounts[row.account]!);
    this.#putHex(row.session);
    this.#put(this.#source(row));
    this.#put(OPERATIONS[row.channel]![row.action]![row.outcome]!);
    if (row.person >= 0) this.#putBeneficiary(row);
    if (row.outcome === OUTCOME_FOUND) {
      this.#put(ROWS);
      this.#putNumber(row.rows);
    }
    out[this.#at++] = 125;
    return this.#at;
  }

  #put(piece: Uint8Array): void {
    this.#out.set(piece, this.#at);
    this.#at += piece.length;
  }

  /** `count` decimal digits, zeros in front. */
  #putDigits(n: number, count: number): void {
    const out = this.#out;
    const end = this.#at + count;
    let rest = n;
    for (let i = end - 1; i >= this.#at; i--) {
      const high = Math.floor(rest / 10);
      out[i] = ZERO + rest - high * 10;
      rest = high;
    }
    this.#at = end;
  }

  #putNumber(n: number): void {
    this.#putDigits(n, n < 10 ? 1 : n < 100 ? 2 : String(n).length);
  }

  #putText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#out[this.#at++] = text.charCodeAt(i);
  }

  #putHex(n: number): void {
    for (let shift = 28; shift >= 0; shift -= 4) this.#out[this.#at++] = HEX[(n >>> shift) & 15]!;
  }

  /** Twenty bits as four letters of a ULID. */
  #putFour(n: number): void {
    for (let shift = 15; shift >= 0; shift -= 5) this.#out[this.#at++] = BASE32[(n >>> shift) & 31]!;
  }

  /** A ULID: 48 bits of time, 80 of hash. */
  #putId(row: Row): void {
    const { accounts, config } = this.#world;
    const high = Math.floor(row.timeMs / 2 ** 30);
    const low = row.timeMs - high * 2 ** 30;
    const a = mix32(accounts[row.account]!.key, row.sequence);
    const b = mix32(a ^ config.seed, row.sequence);
    const c = mix32(b, row.account);
    this.#putFour(high);
    this.#out[this.#at++] = BASE32[(low >>> 25) & 31]!;
    this.#out[this.#at++] = BASE32[(low >>> 20) & 31]!;
    this.#putFour(low);
    this.#putFour(a);
    this.#putFour(b);
    this.#putFour(c);
    this.#putFour((a >>> 20) | ((b >>> 24) << 12));
  }

  #putTime(ms: number): void {
    const day = Math.floor(ms / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = new Uint8Array(bytes(`${new Date(day * DAY_MS).toISOString().slice(0, 10)}T`));
    }
    const t = ms - day * DAY_MS;
    const seconds = Math.floor(t / 1000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    this.#put(this.#date);
    this.#putDigits(hours, 2);
    this.#out[this.#at++] = 58;
    this.#putDigits(minutes - hours * 60, 2);
    this.#out[this.#at++] = 58;
    this.#putDigits(seconds - minutes * 60, 2);
    this.#out[this.#at++] = 46;
    this.#putDigits(t - seconds * 1000, 3);
  }

  #source(row: Row): Uint8Array {
    const key = row.network * 0x1_0000_0000 + (row.device >>> 0);
    const at = mix32(row.network, row.device) % SOURCE_CACHE;
    if (this.#sourceKeys[at] === key) return this.#sources[at]!;
    const source = describeSource(row.network, row.device, row.channel === CHANNEL_API);
    const piece = bytes(`","source":${JSON.stringify(source)},`);
    this.#sourceKeys[at] = key;
    this.#sources[at] = piece;
    return piece;
  }

  /** Where somebody was found or served: what the file says. Where not: what was typed, and no more. */
  #putBeneficiary(row: Row): void {
    this.#put(NIR);
    if (row.outcome !== OUTCOME_FOUND && row.outcome !== OUTCOME_SUCCESS) {
      this.#putText(this.#world.people.nirOf(row.person, row.typo));
      this.#put(END_OF_TEXT);
      return;
    }
    const f = this.#world.people.read(row.person, this.#file);
    this.#putDigits(f.sex, 1);
    this.#putDigits(f.nirYear, 2);
    this.#putDigits(f.nirMonth, 2);
    this.#putText(f.place);
    this.#putDigits(f.order, 3);
    this.#putDigits(f.key, 2);
    this.#put(BIRTH_DATE);
    this.#putDate(f.year, f.month, f.day);
    this.#put(BIRTH_RANK);
    this.#putDigits(f.birthRank, 1);
    this.#put(AMC[f.insurer]!);
    this.#out[this.#at++] = f.contractLetter;
    this.#putDigits(f.contractNumber, 10);
    this.#put(COVERAGE_START);
    this.#putDate(f.coverageStartYear, f.coverageStartMonth, 1);
    if (f.coverageEnd !== '') {
      this.#put(COVERAGE_END);
      this.#putText(f.coverageEnd);
    }
    this.#put(END_OF_TEXT);
  }

  #putDate(year: number, month: number, day: number): void {
    this.#putDigits(year, 4);
    this.#out[this.#at++] = MINUS;
    this.#putDigits(month, 2);
    this.#out[this.#at++] = MINUS;
    this.#putDigits(day, 2);
  }
}
