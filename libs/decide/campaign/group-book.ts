import type { CampaignKeyKind } from '#libs/model/campaign.ts';
import { regionOf } from '#libs/model/regions.ts';
import type { Signal } from '#libs/model/signal.ts';
import { WATCH_LEVELS } from '#libs/model/signal.ts';
import type { Family } from './family.ts';
import { countAccount, createFamily, keyRate, uncountAccount } from './family.ts';
import { LAG_DAYS, MAX_UNITS } from './limits.ts';
import { unitOf } from './source-book.ts';

/**
 * How many accounts of the portal, of a profession, of a region and of both came from a wholly new source, or rose past a
 * watch level, within the last week. Where attackers share nothing, they still begin together.
 */
export const GROUP_KINDS = [
  'portal',
  'profession',
  'region',
  'profession_region',
] as const satisfies readonly CampaignKeyKind[];
/** What is counted: 0 a wholly new source, 1 … a rise past `WATCH_LEVELS[stat - 1]`. */
export const STAT_COUNT = WATCH_LEVELS.length + 1;
export const STAT_NEW_SOURCE = 0;

/** One account of the last week; `sinceMs` by stat, 0 never. */
export interface GroupEntry {
  readonly account: Signal['account'];
  readonly sinceMs: number[];
}

/** An establishment's accounts of one profession and region: they count once. */
export interface Unit {
  readonly unit: string;
  readonly groups: readonly string[];
  /** First time by stat within the last week, ms; 0 never. */
  readonly sinceMs: number[];
  readonly accounts: Map<string, GroupEntry>;
  /** Named in a campaign: no longer counted, since what is usual is about the others. */
  named: boolean;
}

export interface GroupBook {
  /** By stat, then kind: `stat * GROUP_KINDS.length + kind`. */
  readonly families: Family[];
  units: Map<string, Unit>;
}

export const createGroupBook = (): GroupBook => ({
  families: Array.from({ length: STAT_COUNT * GROUP_KINDS.length }, () => createFamily('standing')),
  units: new Map(),
});

export const groupFamily = (book: GroupBook, stat: number, kind: number): Family =>
  book.families[stat * GROUP_KINDS.length + kind]!;

/** Names of an account's groups, in the order of `GROUP_KINDS`. */
export function groupsOf({ profession, department }: Signal['account']): readonly string[] {
  const region = regionOf(department);
  return ['', profession, region, `${profession}/${region}`];
}

/** Notes a signal; `touch` is told every group (kind, name) that got an account. */
export function noteInGroups(
  book: GroupBook,
  signal: Signal,
  day: number,
  knownDays: number,
  counters: { unitsRefused: number },
  touch: (kind: number, group: string) => void,
): void {
  if (signal.signal === 'source' && !signal.whole) return;
  const stats =
    signal.signal === 'source' ? [STAT_NEW_SOURCE] : WATCH_LEVELS.slice(0, signal.level + 1).map((_, i) => i + 1);
  const groups = groupsOf(signal.account);
  const unit = unitOf(signal.account);
  const name = `${unit} ${groups[3]}`;
  let known = book.units.get(name);
  if (known === undefined) {
    if (book.units.size >= MAX_UNITS) {
      counters.unitsRefused++;
      return;
    }
    known = { unit, groups, sinceMs: new Array<number>(STAT_COUNT).fill(0), accounts: new Map(), named: false };
    book.units.set(name, known);
  }
  let entry = known.accounts.get(signal.account.id);
  if (entry === undefined) {
    entry = { account: signal.account, sinceMs: new Array<number>(STAT_COUNT).fill(0) };
    known.accounts.set(signal.account.id, entry);
  }
  let fresh = false;
  for (const stat of stats) {
    if (entry.sinceMs[stat] === 0) {
      entry.sinceMs[stat] = signal.timeMs;
      fresh = true;
    }
    if (known.sinceMs[stat] !== 0) continue;
    known.sinceMs[stat] = signal.timeMs;
    if (known.named) continue;
    for (let kind = 0; kind < GROUP_KINDS.length; kind++) {
      const family = groupFamily(book, stat, kind);
      countAccount(family, keyRate(family, groups[kind]!, day, knownDays), day);
    }
  }
  if (!fresh) return;
  for (let kind = 0; kind < GROUP_KINDS.length; kind++) touch(kind, groups[kind]!);
}

/** The establishments of these accounts are part of a campaign: what they did no longer counts as usual. */
export function nameUnits(book: GroupBook, accounts: Iterable<Signal['account']>, dayOf: (ms: number) => number): void {
  for (const account of accounts) {
    const unit = book.units.get(`${unitOf(account)} ${groupsOf(account)[3]}`);
    if (unit === undefined || unit.named) continue;
    unit.named = true;
    unit.sinceMs.forEach((sinceMs, stat) => {
      if (sinceMs === 0) return;
      unit.groups.forEach((group, kind) => {
        const family = groupFamily(book, stat, kind);
        const rate = family.keys.get(group);
        if (rate !== undefined) uncountAccount(family, rate, dayOf(sinceMs));
      });
    });
  }
}

/** Forgets what is older than a week. @param isNamed whether an account is in an open campaign */
export function expireGroups(
  book: GroupBook,
  day: number,
  dayOf: (ms: number) => number,
  isNamed: (accountId: string) => boolean,
): void {
  const forget = (sinceMs: number[]): boolean => {
    let any = false;
    for (let stat = 0; stat < sinceMs.length; stat++) {
      if (sinceMs[stat] !== 0 && dayOf(sinceMs[stat]!) <= day - LAG_DAYS) sinceMs[stat] = 0;
      if (sinceMs[stat] !== 0) any = true;
    }
    return any;
  };
  for (const [name, unit] of book.units) {
    let named = false;
    for (const [id, entry] of unit.accounts) {
      if (isNamed(id)) named = true;
      if (!forget(entry.sinceMs)) unit.accounts.delete(id);
    }
    unit.named = named;
    if (!forget(unit.sinceMs) && unit.accounts.size === 0) book.units.delete(name);
  }
}
