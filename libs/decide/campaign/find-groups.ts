import type { CampaignEvidence } from '#libs/model/campaign.ts';
import { WATCH_LEVELS } from '#libs/model/signal.ts';
import type { Chance } from './family.ts';
import { chanceBetween, keyRate } from './family.ts';
import { thousandths } from './find-sources.ts';
import { GROUP_KINDS, groupFamily, STAT_COUNT, STAT_NEW_SOURCE, sinceAt } from './group-book.ts';
import { DAY_MS, FALSE_DISCOVERY_RATE, LAG_DAYS, RECENT_DAYS } from './limits.ts';
import { chanceWith, nameMembers } from './register.ts';
import type { CampaignState, Member, OpenCampaign } from './state.ts';
import type { Finding } from './threshold.ts';
import { findExcess } from './threshold.ts';

/** Of the false campaigns allowed, half are the groups', shared out evenly among what is counted by what. */
const SHARE = 0.5 / (STAT_COUNT * GROUP_KINDS.length);

/** Looks at one group of accounts of which some did something in this quarter. */
export function findGroupExcess(state: CampaignState, kind: number, group: string, nowMs: number): void {
  for (const campaign of state.campaigns.values()) {
    const firstDay = campaign.groups.get(`${kind} ${group}`);
    if (firstDay === undefined) continue;
    const best = attribute(state, kind, group, firstDay, campaign, nowMs);
    if (best === undefined) return;
    const [strongest] = campaign.evidence.values();
    nameMembers(state, { ...best, evidence: strongest! }, nowMs, campaign);
    return;
  }
  let found: { readonly stat: number; readonly finding: Finding } | undefined;
  for (let stat = 0; stat < STAT_COUNT; stat++) {
    const family = groupFamily(state.groups, stat, kind);
    const rate = family.keys.get(group);
    const atLeast = (first: number, last: number) => tailOfLowest(state, stat, kind, group, first, last);
    const finding = rate && findExcess(family, rate, state.day, SHARE, atLeast);
    if (finding && (found === undefined || finding.nats > found.finding.nats)) found = { stat, finding };
  }
  if (found === undefined) return;
  const { stat, finding } = found;
  const firstDay = state.day - finding.days + 1;
  const best = attribute(state, kind, group, firstDay, undefined, nowMs);
  const evidence: CampaignEvidence = {
    kind: stat === STAT_NEW_SOURCE ? 'new_sources' : 'rising_scores',
    key: GROUP_KINDS[kind]!,
    value: group,
    level: stat === STAT_NEW_SOURCE ? 0 : WATCH_LEVELS[stat - 1]!,
    observed: finding.observed,
    expected: thousandths(finding.expected),
    days: finding.days,
    nats: finding.nats,
  };
  const campaign = best && nameMembers(state, { ...best, evidence }, nowMs);
  if (campaign === undefined) state.counters.unattributed++;
  else campaign.groups.set(`${kind} ${group}`, firstDay);
}

/**
 * Accounts expected past a watch level by those past the lowest, of which there are enough to know: scores are calibrated in
 * nats, so each nat more is passed by at least one in e of them. Quiet weeks don't show how high honest scores rise.
 */
function tailOfLowest(
  { groups, day, knownDays }: CampaignState,
  stat: number,
  kind: number,
  group: string,
  first: number,
  last: number,
): number {
  if (stat <= STAT_LOWEST) return 0;
  const family = groupFamily(groups, STAT_LOWEST, kind);
  const { expected } = chanceBetween(family, keyRate(family, group, day, knownDays), first, last);
  return expected * Math.exp(WATCH_LEVELS[0] - WATCH_LEVELS[stat - 1]!);
}
const STAT_LOWEST = 1;

interface Attribution {
  readonly members: readonly Member[];
  readonly chance: ReadonlyMap<string, Chance>;
}

/**
 * Who of a group's accounts belongs to the attack. As Benjamini and Hochberg reject: of all ways to draw the line (wholly
 * new source or not, and which watch level), the one that names most accounts while those expected by chance stay below
 * the declared share. The p-value of an account is the group's own rate of accounts as conspicuous, so the number of
 * accounts tested cancels out.
 *
 * An open campaign takes on only those of the last days, and only while these are themselves far more than chance brings:
 * a theft of many members must not pay for whoever rises in the weeks after it.
 */
function attribute(
  state: CampaignState,
  kind: number,
  group: string,
  firstDay: number,
  campaign: OpenCampaign | undefined,
  nowMs: number,
): Attribution | undefined {
  const from = Math.max(firstDay, state.day - (campaign === undefined ? LAG_DAYS : RECENT_DAYS) + 1);
  const since = from * DAY_MS;
  const already = new Set<string>();
  if (campaign !== undefined) for (const { unit } of campaign.members.values()) already.add(unit);
  const between = (stat: number, first: number): Chance => {
    const family = groupFamily(state.groups, stat, kind);
    const atLeast = tailOfLowest(state, stat, kind, group, first, state.day);
    return chanceBetween(family, keyRate(family, group, state.day, state.knownDays), first, state.day, atLeast);
  };
  const all = Array.from({ length: STAT_COUNT }, (_, stat) => between(stat, firstDay));
  const recent = from === firstDay ? all : all.map((_, stat) => between(stat, from));
  const units = [...state.groups.units.values()].filter((unit) => unit.groups[kind] === group);
  let best: (Pick<Attribution, 'chance'> & { stats: readonly number[]; size: number; expected: number }) | undefined;
  for (const stats of waysToDrawTheLine()) {
    const now = new Set<string>();
    for (const unit of units) if (stats.some((stat) => unit.sinceMs[sinceAt(stat, kind)]! >= since)) now.add(unit.unit);
    if (chanceWith(undefined, named(kind, group, stats, recent)) > FALSE_DISCOVERY_RATE * now.size) continue;
    const size = already.union(now).size;
    const chance = named(kind, group, stats, all);
    const expected = chanceWith(campaign, chance);
    if (expected > FALSE_DISCOVERY_RATE * size) continue;
    if (best === undefined || size > best.size || (size === best.size && expected < best.expected))
      best = { stats, size, expected, chance };
  }
  if (best === undefined) return undefined;
  const { stats, chance } = best;
  const members: Member[] = [];
  for (const unit of units) {
    for (const { account, sinceMs } of unit.accounts.values()) {
      const times = stats.map((stat) => sinceMs[sinceAt(stat, kind)]!).filter((ms) => ms >= since);
      if (times.length === 0) continue;
      members.push({ account, unit: unit.unit, sinceMs: Math.min(...times), namedMs: nowMs });
    }
  }
  return { members, chance };
}

/** What chance brings, by what is counted. Watch levels lie one within the other: the lowest that was used stands for all. */
const named = (kind: number, group: string, stats: readonly number[], by: readonly Chance[]): Map<string, Chance> =>
  new Map(stats.map((stat) => [`group ${kind} ${group} ${stat === STAT_NEW_SOURCE ? 'new' : 'rise'}`, by[stat]!]));

/** A wholly new source, a watch level (whoever passed a higher one passed it too), or both. */
function* waysToDrawTheLine(): Generator<readonly number[]> {
  yield [STAT_NEW_SOURCE];
  for (let stat = 1; stat < STAT_COUNT; stat++) {
    yield [stat];
    yield [STAT_NEW_SOURCE, stat];
  }
}
