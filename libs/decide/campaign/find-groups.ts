import type { CampaignEvidence } from '#libs/model/campaign.ts';
import { WATCH_LEVELS } from '#libs/model/signal.ts';
import { expectedBetween, keyRate } from './family.ts';
import { thousandths } from './find-sources.ts';
import { GROUP_KINDS, groupFamily, STAT_COUNT, STAT_NEW_SOURCE } from './group-book.ts';
import { FALSE_DISCOVERY_RATE, LAG_DAYS } from './limits.ts';
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
    const finding = rate && findExcess(family, rate, state.day, SHARE);
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

interface Attribution {
  readonly members: readonly Member[];
  readonly chance: ReadonlyMap<string, number>;
}

/**
 * Who of a group's accounts belongs to the attack. As Benjamini and Hochberg reject: of all ways to draw the line (wholly
 * new source or not, and which watch level), the one that names most accounts while those expected by chance stay below
 * the declared share. The p-value of an account is the group's own rate of accounts as conspicuous, so the number of
 * accounts tested cancels out.
 */
function attribute(
  state: CampaignState,
  kind: number,
  group: string,
  firstDay: number,
  campaign: OpenCampaign | undefined,
  nowMs: number,
): Attribution | undefined {
  const since = Math.max(firstDay, state.day - LAG_DAYS + 1) * 86_400_000;
  const already = new Set<string>();
  if (campaign !== undefined) for (const { unit } of campaign.members.values()) already.add(unit);
  const expected = Array.from({ length: STAT_COUNT }, (_, stat) => {
    const family = groupFamily(state.groups, stat, kind);
    return expectedBetween(family, keyRate(family, group, state.day, state.knownDays), firstDay, state.day);
  });
  const units = [...state.groups.units.values()].filter((unit) => unit.groups[kind] === group);
  let best: (Pick<Attribution, 'chance'> & { stats: readonly number[]; size: number; expected: number }) | undefined;
  for (const stats of waysToDrawTheLine()) {
    const named = new Set(already);
    for (const unit of units) if (stats.some((stat) => unit.sinceMs[stat]! >= since)) named.add(unit.unit);
    // Watch levels lie one within the other: the lowest that was used stands for all.
    const chance = new Map(
      stats.map((stat) => [`group ${kind} ${group} ${stat === STAT_NEW_SOURCE ? 'new' : 'rise'}`, expected[stat]!]),
    );
    const all = chanceWith(campaign, chance);
    if (all > FALSE_DISCOVERY_RATE * named.size) continue;
    if (best === undefined || named.size > best.size || (named.size === best.size && all < best.expected))
      best = { stats, size: named.size, expected: all, chance };
  }
  if (best === undefined) return undefined;
  const { stats, chance } = best;
  const members: Member[] = [];
  for (const unit of units) {
    for (const { account, sinceMs } of unit.accounts.values()) {
      const times = stats.map((stat) => sinceMs[stat]!).filter((ms) => ms >= since);
      if (times.length === 0) continue;
      members.push({ account, unit: unit.unit, sinceMs: Math.min(...times), namedMs: nowMs });
    }
  }
  return { members, chance };
}

/** A wholly new source, a watch level (whoever passed a higher one passed it too), or both. */
function* waysToDrawTheLine(): Generator<readonly number[]> {
  yield [STAT_NEW_SOURCE];
  for (let stat = 1; stat < STAT_COUNT; stat++) {
    yield [stat];
    yield [STAT_NEW_SOURCE, stat];
  }
}
