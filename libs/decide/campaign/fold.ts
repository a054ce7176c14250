import { assert } from '#libs/base/assert.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { RiseSignal, Signal, SourceSignal } from '#libs/model/signal.ts';
import { dayOf, learnDay } from './family.ts';
import { findGroupExcess } from './find-groups.ts';
import { findSharedSource } from './find-sources.ts';
import { findSplitSweep } from './find-split.ts';
import { expireGroups, learnGroups, noteInGroups } from './group-book.ts';
import {
  ACTIVE_SHARE,
  DAY_MS,
  FADE,
  GROUPS_MIN_DAYS,
  LAG_DAYS,
  MAX_PENDING,
  MIN_DAYS,
  MIN_UNITS,
  QUARTER_MS,
  QUIET_DAYS,
  WARM_DAYS,
} from './limits.ts';
import { expireMisses, noteMiss } from './miss-book.ts';
import { publish } from './register.ts';
import { expireSources, noteNewSource } from './source-book.ts';
import type { CampaignState } from './state.ts';

/** Takes a signal of any partition. It counts once its quarter of an hour is closed. */
export function foldSignal(state: CampaignState, signal: Signal): void {
  assert(state.pending.length < MAX_PENDING, `more than ${MAX_PENDING} signals wait for a watermark that stands still`);
  state.counters.signals++;
  if (signal.timeMs < state.closedMs) state.counters.late++;
  state.pending.push(signal);
}

/**
 * Closes all quarters of an hour that end at or before the watermark and returns the campaigns that were named or grew,
 * in order.
 * @param watermarkMs event time that every partition has reached: whatever order the partitions were read in, the same
 *   signals stand before it
 */
export function closeCampaigns(state: CampaignState, watermarkMs: number): readonly Campaign[] {
  const end = Math.floor(watermarkMs / QUARTER_MS) * QUARTER_MS;
  if (end <= state.closedMs) return NONE;
  const due = state.pending.filter(({ timeMs }) => timeMs < end).sort(byTime);
  if (due.length > 0) state.pending = state.pending.filter(({ timeMs }) => timeMs >= end);
  if (state.closedMs === 0) {
    state.firstDay = dayOf(Math.min(end - 1, due[0]?.timeMs ?? end - 1));
    state.day = state.firstDay;
  }
  const published: Campaign[] = [];
  for (let i = 0; i < due.length; ) {
    // What came late is counted in the first quarter that is still open.
    const quarter = Math.max(state.closedMs, Math.floor(due[i]!.timeMs / QUARTER_MS) * QUARTER_MS);
    let next = i;
    while (next < due.length && due[next]!.timeMs < quarter + QUARTER_MS) next++;
    published.push(...closeQuarter(state, due.slice(i, next), quarter));
    i = next;
  }
  advanceTo(state, dayOf(end - 1));
  state.closedMs = end;
  return published;
}

const NONE: readonly Campaign[] = [];

const orderKey = (s: Signal): string =>
  s.signal === 'source'
    ? `0 ${s.network} ${s.device} ${s.asn} ${s.client}`
    : s.signal === 'rise'
      ? `1 ${s.level} ${s.score} ${s.newPeople}`
      : `2 ${s.register} ${s.number}`;

/** An order that does not depend on how partitions were read: equal signals are interchangeable. */
function byTime(a: Signal, b: Signal): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  if (a.account.id !== b.account.id) return a.account.id < b.account.id ? -1 : 1;
  const [keyA, keyB] = [orderKey(a), orderKey(b)];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

function closeQuarter(state: CampaignState, signals: readonly Signal[], startMs: number): Campaign[] {
  const day = dayOf(startMs);
  advanceTo(state, day);
  const sources = new Map<string, readonly [number, string]>();
  const groups = new Map<string, readonly [number, string]>();
  let missed = false;
  for (const given of signals) {
    const signal = given.timeMs < startMs ? { ...given, timeMs: startMs } : given;
    if (signal.signal === 'source') {
      noteNewSource(state.sources, signal, day, state.knownDays, state.counters, (kind, key) =>
        sources.set(`${kind} ${key}`, [kind, key]),
      );
    }
    if (signal.signal === 'miss') {
      noteMiss(state.misses, signal, day, state.counters);
      missed = true;
      continue;
    }
    noteActivity(state, signal);
    noteInGroups(state.groups, signal, day, state.knownDays, state.counters, (kind, group) =>
      groups.set(`${kind} ${group}`, [kind, group]),
    );
  }
  const nowMs = startMs + QUARTER_MS;
  state.closedMs = nowMs;
  if (day - state.firstDay < MIN_DAYS) return [];
  for (const [kind, key] of inOrder(sources)) findSharedSource(state, kind, key, nowMs);
  if (missed) findSplitSweep(state, nowMs);
  // From the smallest group to the largest: the smaller, the fewer are in it by chance.
  if (day - state.firstDay >= GROUPS_MIN_DAYS)
    for (const [kind, group] of inOrder(groups).reverse()) findGroupExcess(state, kind, group, nowMs);
  return [...state.campaigns.values()].filter(({ changed }) => changed).map((campaign) => publish(campaign, nowMs));
}

/** Rises from this level on, the lowest alert's, and wholly new sources say that an attack goes on. */
const ACTIVE_LEVEL = 3;

function noteActivity({ campaigns }: CampaignState, signal: SourceSignal | RiseSignal): void {
  const counts = signal.signal === 'source' ? signal.whole : signal.level >= ACTIVE_LEVEL;
  if (!counts) return;
  for (const { members, activeToday } of campaigns.values()) {
    if (members.has(signal.account.id)) activeToday.add(signal.account.id);
  }
}

const inOrder = <T>(named: ReadonlyMap<string, T>): T[] =>
  [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);

/** Lets days pass: learns the one of a week ago, forgets what is older, ends quiet campaigns. */
function advanceTo(state: CampaignState, day: number): void {
  while (state.day < day) {
    state.day++;
    endQuiet(state, state.day);
    const isNamed = (id: string) => [...state.campaigns.values()].some(({ members }) => members.has(id));
    expireSources(state.sources, state.day);
    expireMisses(state.misses, state.day);
    expireGroups(state.groups, state.day, dayOf, isNamed);
    const learns = state.day - LAG_DAYS >= state.firstDay + WARM_DAYS;
    for (const family of state.sources.families) learnDay(family, state.day, learns);
    learnGroups(state.groups, state.day, learns);
    if (learns) state.knownDays = state.knownDays * FADE + 1;
  }
}

function endQuiet(state: CampaignState, day: number): void {
  for (const [id, campaign] of state.campaigns) {
    const { activeToday, members } = campaign;
    if (activeToday.size >= Math.max(MIN_UNITS, ACTIVE_SHARE * members.size)) campaign.lastActiveMs = day * DAY_MS;
    activeToday.clear();
    if (day * DAY_MS - campaign.lastActiveMs < QUIET_DAYS * DAY_MS) continue;
    state.campaigns.delete(id);
    for (const source of campaign.sources) {
      const space = source.indexOf(' ');
      const rate = state.sources.families[Number(source.slice(0, space))]!.keys.get(source.slice(space + 1));
      if (rate !== undefined) rate.held = false;
    }
  }
}
