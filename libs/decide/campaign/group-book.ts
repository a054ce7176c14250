import type { CampaignKeyKind } from '#libs/model/campaign.ts';
import { regionOf } from '#libs/model/regions.ts';
import type { RiseSignal, Signal, SourceSignal } from '#libs/model/signal.ts';
import { WATCH_LEVELS } from '#libs/model/signal.ts';
import type { Family } from './family.ts';
import { countAccount, createFamily, keyRate, learnDay, shareSteadiness, uncountAccount } from './family.ts';
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

/** Accounts of a region share its holidays' visitors: there a rise counts only where more than the territory speaks. */
const IN_REGION = STAT_COUNT;
/** Where an account's and an establishment's times of a stat are kept, as such a group counts it. */
export const sinceAt = (stat: number, kind: number): number =>
  GROUP_KINDS[kind]!.includes('region') ? IN_REGION + stat : stat;
const SINCE_COUNT = 2 * STAT_COUNT;

/** One account of the last week; `sinceMs` by `sinceAt`, 0 never. */
export interface GroupEntry {
  readonly account: Signal['account'];
  readonly sinceMs: number[];
}

/** An establishment's accounts of one profession and region: they count once. */
export interface Unit {
  readonly unit: string;
  readonly groups: readonly string[];
  /** First time by `sinceAt` within the last week, ms; 0 never. */
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
  signal: SourceSignal | RiseSignal,
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
    known = { unit, groups, sinceMs: new Array<number>(SINCE_COUNT).fill(0), accounts: new Map(), named: false };
    book.units.set(name, known);
  }
  let entry = known.accounts.get(signal.account.id);
  if (entry === undefined) {
    entry = { account: signal.account, sinceMs: new Array<number>(SINCE_COUNT).fill(0) };
    known.accounts.set(signal.account.id, entry);
  }
  const touched = new Set<number>();
  for (let kind = 0; kind < GROUP_KINDS.length; kind++) {
    if (signal.signal === 'rise' && signal.territoryOnly && sinceAt(0, kind) !== 0) continue;
    for (const stat of stats) {
      const at = sinceAt(stat, kind);
      if (entry.sinceMs[at] === 0) entry.sinceMs[at] = signal.timeMs;
      if (entry.sinceMs[at] === signal.timeMs) touched.add(kind);
    }
  }
  for (const kind of touched) touch(kind, groups[kind]!);
  if (touched.size === 0) return;
  const fresh = entry.sinceMs.map((ms, at) => ms === signal.timeMs && known.sinceMs[at] === 0);
  fresh.forEach((isFresh, at) => {
    if (isFresh) known.sinceMs[at] = signal.timeMs;
  });
  if (known.named) return;
  for (let kind = 0; kind < GROUP_KINDS.length; kind++) {
    for (let stat = 0; stat < STAT_COUNT; stat++) {
      if (!fresh[sinceAt(stat, kind)]) continue;
      const family = groupFamily(book, stat, kind);
      countAccount(family, keyRate(family, groups[kind]!, day, knownDays), day);
    }
  }
}

/** The establishments of these accounts are part of a campaign: what they did no longer counts as usual. */
export function nameUnits(book: GroupBook, accounts: Iterable<Signal['account']>, dayOf: (ms: number) => number): void {
  for (const account of accounts) {
    const unit = book.units.get(`${unitOf(account)} ${groupsOf(account)[3]}`);
    if (unit === undefined || unit.named) continue;
    unit.named = true;
    unit.groups.forEach((group, kind) => {
      for (let stat = 0; stat < STAT_COUNT; stat++) {
        const sinceMs = unit.sinceMs[sinceAt(stat, kind)]!;
        if (sinceMs === 0) continue;
        const family = groupFamily(book, stat, kind);
        const rate = family.keys.get(group);
        if (rate !== undefined) uncountAccount(family, rate, dayOf(sinceMs));
      }
    });
  }
}

/** Learns the day of a week ago. @param learns false while the log is so young that everything is new */
export function learnGroups(book: GroupBook, day: number, learns: boolean): void {
  for (const family of book.families) learnDay(family, day, learns);
  GROUP_KINDS.forEach((_, kind) => {
    shareSteadiness(WATCH_LEVELS.map((__, level) => groupFamily(book, level + 1, kind)));
  });
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
