/** Rows -> access events, version 1, as NDJSON lines. Written by joining prepared pieces: an order faster than objects. */
import { mix32 } from '#libs/base/random.ts';
import { ACTIONS, CHANNEL_API, CHANNELS, OUTCOME_FOUND, OUTCOME_SUCCESS, OUTCOMES } from '#libs/model/codes.ts';
import { DAY_MS } from './calendar.ts';
import type { Row } from './rows.ts';
import { describeSource } from './sources.ts';
import type { World } from './world.ts';

const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PAIRS = Array.from({ length: 1024 }, (_, i) => BASE32[i >> 5]! + BASE32[i & 31]!);
const TWO = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
const SOURCE_CACHE = 8192;

/** Twenty bits as four letters of a ULID. */
const four = (n: number): string => PAIRS[(n >>> 10) & 1023]! + PAIRS[n & 1023]!;
const hex8 = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

export class LineEncoder {
  readonly #world: World;
  readonly #accounts: readonly string[];
  readonly #sourceKeys = new Float64Array(SOURCE_CACHE).fill(-1);
  readonly #sources: string[] = new Array(SOURCE_CACHE).fill('');
  #day = -1;
  #date = '';

  constructor(world: World) {
    this.#world = world;
    this.#accounts = world.accounts.map((a) => `Z","account":${JSON.stringify(a.describe())},"session":"s-`);
  }

  /** One event without its line end. */
  encode(row: Row): string {
    const b = row.person < 0 ? '' : this.#beneficiary(row);
    const rows = row.outcome === OUTCOME_FOUND ? `,"rows":${row.rows}}` : '}';
    return `{"id":"${this.#id(row)}","time":"${this.#time(row.timeMs)}${this.#accounts[row.account]!}${hex8(row.session)}${this.#source(row)}"channel":"${CHANNELS[row.channel]!}","action":"${ACTIONS[row.action]!}","outcome":"${OUTCOMES[row.outcome]!}"${b}${rows}`;
  }

  /** A ULID: 48 bits of time, 80 of hash. */
  #id(row: Row): string {
    const { accounts, config } = this.#world;
    const high = Math.floor(row.timeMs / 2 ** 30);
    const low = row.timeMs % 2 ** 30;
    const a = mix32(accounts[row.account]!.key, row.sequence);
    const b = mix32(a ^ config.seed, row.sequence);
    const c = mix32(b, row.account);
    const time = four(high) + PAIRS[low >>> 20]! + four(low);
    return time + four(a) + four(b) + four(c) + four((a >>> 20) | ((b >>> 24) << 12));
  }

  #time(ms: number): string {
    const day = Math.floor(ms / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = `${new Date(day * DAY_MS).toISOString().slice(0, 10)}T`;
    }
    const t = ms - day * DAY_MS;
    const seconds = Math.floor(t / 1000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    return `${this.#date}${TWO[hours]!}:${TWO[minutes - hours * 60]!}:${TWO[seconds - minutes * 60]!}.${THREE[t - seconds * 1000]!}`;
  }

  #source(row: Row): string {
    const key = row.network * 0x1_0000_0000 + (row.device >>> 0);
    const at = mix32(row.network, row.device) % SOURCE_CACHE;
    if (this.#sourceKeys[at] === key) return this.#sources[at]!;
    const source = describeSource(row.network, row.device, row.channel === CHANNEL_API);
    const text = `","source":${JSON.stringify(source)},`;
    this.#sourceKeys[at] = key;
    this.#sources[at] = text;
    return text;
  }

  /** Where somebody was found or served: what the file says. Where not: what was typed, and no more. */
  #beneficiary(row: Row): string {
    const { people } = this.#world;
    if (row.outcome !== OUTCOME_FOUND && row.outcome !== OUTCOME_SUCCESS) {
      return `,"beneficiary":{"nir":"${people.nirOf(row.person, row.typo)}"}`;
    }
    const b = people.beneficiary(row.person);
    const end = b.coverageEnd === '' ? '' : `,"coverageEnd":"${b.coverageEnd}"`;
    return `,"beneficiary":{"nir":"${b.nir}","birthDate":"${b.birthDate}","birthRank":${b.birthRank},"amc":"${b.amc}","contract":"${b.contract}","coverageStart":"${b.coverageStart}"${end}}`;
  }
}
