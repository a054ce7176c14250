import type { CampaignKeyKind } from '#libs/model/campaign.ts';
import type { Signal, SourceSignal } from '#libs/model/signal.ts';
import type { Family } from './family.ts';
import { countAccount, createFamily, keyRate } from './family.ts';
import { LAG_DAYS, MAX_ENTRIES_OF_A_KEY, MAX_KEYS } from './limits.ts';

/**
 * Which accounts came anew to which network, device, autonomous system and client within the last week. Honest accounts
 * meet at shared addresses (carriers, hospitals) too: each key has its own learnt rate of new accounts.
 *
 * Autonomous systems and clients are many people's: they count only accounts whose source is new as a whole, so that an
 * update of a browser or a journey is none of it.
 */
export const SOURCE_KINDS = ['network', 'device', 'asn', 'client'] as const satisfies readonly CampaignKeyKind[];

const KEYS_ARE = { network: 'appearing', device: 'appearing', asn: 'standing', client: 'succeeding' } as const;

export interface SourceEntry {
  readonly account: Signal['account'];
  readonly unit: string;
  readonly sinceMs: number;
  readonly day: number;
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
}

export const createSourceBook = (): SourceBook => ({
  families: SOURCE_KINDS.map((kind) => createFamily(KEYS_ARE[kind])),
  keys: SOURCE_KINDS.map(() => new Map()),
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
  const unit = unitOf(signal.account);
  keysOf(signal).forEach((key, kind) => {
    if (key === '') return;
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
    if (known.entries.has(signal.account.id)) return;
    if (known.entries.size >= MAX_ENTRIES_OF_A_KEY) {
      counters.sourceEntriesRefused++;
      return;
    }
    known.entries.set(signal.account.id, { account: signal.account, unit, sinceMs: signal.timeMs, day });
    touch(kind, key);
    if (known.units.has(unit)) return;
    known.units.add(unit);
    const family = book.families[kind]!;
    countAccount(family, keyRate(family, key, day, knownDays), day);
  });
}

/** Forgets what is older than a week. */
export function expireSources(book: SourceBook, day: number): void {
  for (const keys of book.keys) {
    for (const [key, known] of keys) {
      let gone = false;
      for (const [id, entry] of known.entries) {
        if (entry.day > day - LAG_DAYS) break; // In the order of coming.
        known.entries.delete(id);
        gone = true;
      }
      if (!gone) continue;
      known.units = new Set([...known.entries.values()].map(({ unit }) => unit));
      if (known.entries.size === 0) keys.delete(key);
    }
  }
}
