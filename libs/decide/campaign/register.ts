import { createHash } from 'node:crypto';
import type { Campaign, CampaignEvidence } from '#libs/model/campaign.ts';
import type { Chance } from './family.ts';
import { dayOf } from './family.ts';
import { nameUnits } from './group-book.ts';
import { FALSE_DISCOVERY_RATE, MIN_UNITS } from './limits.ts';
import type { CampaignState, Member, OpenCampaign } from './state.ts';

/** Accounts that a count which stands out would name. */
export interface Candidate {
  readonly members: readonly Member[];
  readonly evidence: CampaignEvidence;
  /** How many members chance alone would bring, by what they are counted by. */
  readonly chance: ReadonlyMap<string, Chance>;
}

/** Two counts are of one attack where they share this many accounts, and this share of the smaller one's. */
const MIN_SHARED = 2;
const MIN_SHARED_PART = 0.2;

/**
 * Names a candidate's members: in its owner or the campaign that they share accounts with, else in a new one. Campaigns
 * that turn out to share accounts become one. Undefined where too many of the members would be there by chance.
 * @param owner the campaign that the counted key or group belongs to
 */
export function nameMembers(
  state: CampaignState,
  candidate: Candidate,
  nowMs: number,
  owner?: OpenCampaign,
): OpenCampaign | undefined {
  const [into, ...others] = [...state.campaigns.values()].filter(
    (campaign) => campaign === owner || isSame(campaign, candidate.members),
  );
  if (!isCredible(into, candidate)) return undefined;
  const campaign = into ?? openCampaign(state, candidate, nowMs);
  for (const other of others) absorb(state, campaign, other);
  addMembers(state, campaign, candidate, nowMs);
  return campaign;
}

/** Estimated share of members who are there by chance if the candidate's are added, counted in establishments. */
function isCredible(campaign: OpenCampaign | undefined, { members, chance }: Candidate): boolean {
  const units = new Set(members.map(({ unit }) => unit));
  if (campaign !== undefined) for (const { unit } of campaign.members.values()) units.add(unit);
  return units.size >= MIN_UNITS && chanceWith(campaign, chance) <= FALSE_DISCOVERY_RATE * units.size;
}

/**
 * Members that chance may have brought if a campaign is counted by this too: those expected and one standard deviation
 * more, since the line is drawn where it names most. What once named members counts as it stood at most.
 */
export function chanceWith(campaign: OpenCampaign | undefined, added: ReadonlyMap<string, Chance>): number {
  const all = new Map(campaign?.chance);
  mergeChance(all, added);
  let expected = 0;
  let variance = 0;
  for (const chance of all.values()) {
    expected += chance.expected;
    variance += chance.variance;
  }
  return expected + Math.sqrt(variance);
}

function mergeChance(into: Map<string, Chance>, added: ReadonlyMap<string, Chance>): void {
  for (const [key, chance] of added) {
    const before = into.get(key);
    if (before === undefined || chance.expected > before.expected) into.set(key, chance);
  }
}

function isSame(campaign: OpenCampaign, members: readonly Member[]): boolean {
  let shared = 0;
  for (const { account } of members) if (campaign.members.has(account.id)) shared++;
  return shared >= Math.max(MIN_SHARED, MIN_SHARED_PART * Math.min(members.length, campaign.members.size));
}

function openCampaign(state: CampaignState, { evidence }: Candidate, nowMs: number): OpenCampaign {
  const { kind, key, value } = evidence;
  const id = createHash('sha256')
    .update(JSON.stringify([kind, key, value, dayOf(nowMs)]))
    .digest('hex')
    .slice(0, 32);
  const campaign: OpenCampaign = {
    id,
    revision: 0,
    kind,
    namedMs: nowMs,
    activeToday: new Set(),
    lastActiveMs: nowMs,
    members: new Map(),
    evidence: new Map(),
    sources: new Set(),
    groups: new Map(),
    chance: new Map(),
    absorbed: [],
    changed: true,
  };
  state.campaigns.set(id, campaign);
  return campaign;
}

/** Two campaigns turn out to be one: the older one goes on. */
function absorb(state: CampaignState, into: OpenCampaign, other: OpenCampaign): void {
  for (const [id, member] of other.members) if (!into.members.has(id)) into.members.set(id, member);
  for (const evidence of other.evidence.values()) noteEvidence(into, evidence);
  for (const source of other.sources) into.sources.add(source);
  for (const [group, first] of other.groups) into.groups.set(group, Math.min(first, into.groups.get(group) ?? first));
  mergeChance(into.chance, other.chance);
  into.lastActiveMs = Math.max(into.lastActiveMs, other.lastActiveMs);
  into.absorbed.push(other.id, ...other.absorbed);
  into.changed = true;
  state.campaigns.delete(other.id);
}

function addMembers(state: CampaignState, campaign: OpenCampaign, candidate: Candidate, nowMs: number): void {
  mergeChance(campaign.chance, candidate.chance);
  noteEvidence(campaign, candidate.evidence);
  const added = candidate.members.filter(({ account }) => !campaign.members.has(account.id));
  if (added.length === 0) return;
  for (const member of added) {
    campaign.members.set(member.account.id, { ...member, namedMs: nowMs });
    campaign.activeToday.add(member.account.id);
  }
  campaign.changed = true;
  nameUnits(
    state.groups,
    added.map(({ account }) => account),
    dayOf,
  );
}

function noteEvidence(campaign: OpenCampaign, evidence: CampaignEvidence): void {
  const name = `${evidence.kind} ${evidence.key} ${evidence.value} ${evidence.level}`;
  const before = campaign.evidence.get(name);
  if (before !== undefined && before.nats >= evidence.nats) return;
  campaign.evidence.set(name, evidence);
  if (before === undefined) campaign.changed = true;
}

/** The campaign as others see it. */
export function publish(campaign: OpenCampaign, nowMs: number): Campaign {
  campaign.revision++;
  campaign.changed = false;
  const members = [...campaign.members.values()].sort((a, b) => (a.account.id < b.account.id ? -1 : 1));
  const units = new Set(members.map(({ unit }) => unit)).size;
  const chance = chanceWith(campaign, new Map());
  return {
    id: campaign.id,
    revision: campaign.revision,
    kind: campaign.kind,
    namedMs: campaign.namedMs,
    timeMs: nowMs,
    startedMs: Math.min(...members.map(({ sinceMs }) => sinceMs)),
    members: members.map(({ account, sinceMs, namedMs }) => ({ account, sinceMs, namedMs })),
    evidence: [...campaign.evidence.values()].sort(
      (a, b) => b.nats - a.nats || (`${a.key} ${a.value} ${a.level}` < `${b.key} ${b.value} ${b.level}` ? -1 : 1),
    ),
    absorbed: [...campaign.absorbed],
    fdr: Math.min(1, Math.round((chance / units) * 1000) / 1000),
  };
}
