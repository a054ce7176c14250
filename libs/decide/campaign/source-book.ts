import type { CampaignKeyKind } from '#libs/model/campaign.ts';
import type { MissSignal, Signal, SourceSignal } from '#libs/model/signal.ts';
import type { Family } from './family.ts';
import { countAccount, createFamily, keyRate } from './family.ts';
import { LAG_DAYS, MAX_ENTRIES_OF_A_KEY, MAX_KEYS, MAX_MISSES } from './limits.ts';

/**
 * Which accounts came anew to which network, device, autonomous system and client within the last week. Honest accounts
 * meet at shared addresses (carriers, hospitals) too: each key has its own learnt rate of new accounts.
 *
 * Autonomous systems and clients are many people's: they count only accounts whose source is new as a whole, so that an
 * update of a browser or a journey is none of it.
 *
 * Registers of births (buckets of them) in which accounts ask for numbers that nobody has are counted in the same way: those
 * who share out a sweep miss in the same registers. An insurer that does not answer makes all registers surge alike.
 */
export const SOURCE_KINDS = [
  'network',
  'device',
  'asn',
  'client',
  'register',
] as const satisfies readonly CampaignKeyKind[];

const KEYS_ARE = {
  network: 'appearing',
  device: 'appearing',
  asn: 'standing',
  client: 'succeeding',
  register: 'standing',
} as const;
const REGISTER = SOURCE_KINDS.indexOf('register');

export interface SourceEntry {
  readonly account: Signal['account'];
  readonly unit: string;
  readonly sinceMs: number;
  readonly day: number;
  /** The number asked for, of a register; 0 otherwise. */
  readonly number: number;
}

/** Accounts of one key, by id, and their establishments. */
export interface SourceKey {
  entries: Map<string, SourceEntry>;
  units: Set<string>;
}

export interface SourceBook {
  readonly families: Family[];
  /** By kind: key -> accounts of the last week. */
  readonly keys: Map<string, SourceKey>[];
  /** Accounts of all registers together. */
  misses: number;
}

export const createSourceBook = (): SourceBook => ({
  families: SOURCE_KINDS.map((kind) => createFamily(KEYS_ARE[kind])),
  keys: SOURCE_KINDS.map(() => new Map()),
  misses: 0,
});

/** Accounts of one establishment move together and count once; one without stands for itself. */
export const unitOf = ({ id, org }: Signal['account']): string => (org === '' ? `account ${id}` : `org ${org}`);

/** Keys of a signal, in the order of `SOURCE_KINDS`; '' where it has none. */
const keysOf = ({ network, device, whole, asn, client }: SourceSignal): readonly string[] => [
  network,
  device,
  whole && asn > 0 ? String(asn) : '',
  whole ? client : '',
];

export interface SourceCounters {
  sourceKeysRefused: number;
  sourceEntriesRefused: number;
}

/** Notes a new source; `touch` is told every key (kind, key) that got an account. */
export function noteNewSource(
  book: SourceBook,
  signal: SourceSignal,
  day: number,
  knownDays: number,
  counters: SourceCounters,
  touch: (kind: number, key: string) => void,
): void {
  keysOf(signal).forEach((key, kind) => {
    if (key !== '') noteKey(book, kind, key, signal, 0, day, knownDays, counters, touch);
  });
}

/** Notes a number that nobody has; one that another account tried this week is that one's. */
export function noteMiss(
  book: SourceBook,
  signal: MissSignal,
  day: number,
  knownDays: number,
  counters: SourceCounters,
  touch: (kind: number, key: string) => void,
): void {
  const key = String(signal.register);
  const known = book.keys[REGISTER]!.get(key);
  if (known !== undefined) for (const { number } of known.entries.values()) if (number === signal.number) return;
  noteKey(book, REGISTER, key, signal, signal.number, day, knownDays, counters, touch);
}

function noteKey(
  book: SourceBook,
  kind: number,
  key: string,
  { account, timeMs }: Signal,
  number: number,
  day: number,
  knownDays: number,
  counters: SourceCounters,
  touch: (kind: number, key: string) => void,
): void {
  const unit = unitOf(account);
  const keys = book.keys[kind]!;
  let known = keys.get(key);
  if (known === undefined) {
    if (keys.size >= MAX_KEYS) {
      counters.sourceKeysRefused++;
      return;
    }
    known = { entries: new Map(), units: new Set() };
    keys.set(key, known);
  }
  if (known.entries.has(account.id)) return;
  if (known.entries.size >= MAX_ENTRIES_OF_A_KEY || (kind === REGISTER && book.misses >= MAX_MISSES)) {
    counters.sourceEntriesRefused++;
    return;
  }
  if (kind === REGISTER) book.misses++;
  known.entries.set(account.id, { account, unit, sinceMs: timeMs, day, number });
  touch(kind, key);
  if (known.units.has(unit)) return;
  known.units.add(unit);
  const family = book.families[kind]!;
  countAccount(family, keyRate(family, key, day, knownDays), day);
}

/** Forgets what is older than a week. */
export function expireSources(book: SourceBook, day: number): void {
  for (const [kind, keys] of book.keys.entries()) {
    for (const [key, known] of keys) {
      let gone = false;
      for (const [id, entry] of known.entries) {
        if (entry.day > day - LAG_DAYS) break; // In the order of coming.
        known.entries.delete(id);
        if (kind === REGISTER) book.misses--;
        gone = true;
      }
      if (!gone) continue;
      known.units = new Set([...known.entries.values()].map(({ unit }) => unit));
      if (known.entries.size === 0) keys.delete(key);
    }
  }
}
