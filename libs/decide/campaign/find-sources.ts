import type { CampaignEvidence } from '#libs/model/campaign.ts';
import { chanceBetween, keyRate } from './family.ts';
import { LAG_DAYS } from './limits.ts';
import { nameMembers } from './register.ts';
import { SOURCE_KINDS } from './source-book.ts';
import type { CampaignState, OpenCampaign } from './state.ts';
import type { Finding } from './threshold.ts';
import { findExcess } from './threshold.ts';

/** Of the false campaigns allowed, half are the sources', shared out evenly among their kinds. */
const SHARE = 0.5 / SOURCE_KINDS.length;

/** Looks at one network, device, system or client that got an account in this quarter. */
export function findSharedSource(state: CampaignState, kind: number, key: string, nowMs: number): void {
  const family = state.sources.families[kind]!;
  const rate = keyRate(family, key, state.day, state.knownDays);
  const owner = ownerOf(state, kind, key);
  if (owner !== undefined) {
    owner.lastActiveMs = nowMs;
    const first = Math.max(rate.firstDay, state.day - LAG_DAYS + 1);
    const { expected } = chanceBetween(family, rate, first, state.day);
    const observed = state.sources.keys[kind]!.get(key)!.units.size;
    name(state, kind, key, { observed, expected, nats: 0, days: state.day - first + 1 }, nowMs, owner);
    return;
  }
  const found = findExcess(family, rate, state.day, SHARE);
  if (found !== undefined && !name(state, kind, key, found, nowMs, undefined)) state.counters.unattributed++;
}

function ownerOf(state: CampaignState, kind: number, key: string): OpenCampaign | undefined {
  const name = `${kind} ${key}`;
  for (const campaign of state.campaigns.values()) if (campaign.sources.has(name)) return campaign;
  return undefined;
}

function name(
  state: CampaignState,
  kind: number,
  key: string,
  found: Finding,
  nowMs: number,
  owner: OpenCampaign | undefined,
): boolean {
  const entries = [...state.sources.keys[kind]!.get(key)!.entries.values()];
  const evidence: CampaignEvidence = {
    kind: 'shared_infrastructure',
    key: SOURCE_KINDS[kind]!,
    value: key,
    level: 0,
    observed: found.observed,
    expected: thousandths(found.expected),
    days: found.days,
    nats: found.nats,
  };
  const family = state.sources.families[kind]!;
  const rate = keyRate(family, key, state.day, state.knownDays);
  const first = Math.max(family.keysAre === 'appearing' ? rate.firstDay : 0, state.day - found.days + 1);
  const candidate = {
    members: entries
      .filter(({ day }) => day > state.day - found.days)
      .map(({ account, unit, sinceMs }) => ({ account, unit, sinceMs, namedMs: nowMs })),
    evidence,
    chance: new Map([[`source ${kind} ${key}`, chanceBetween(family, rate, first, state.day)]]),
  };
  const campaign = nameMembers(state, candidate, nowMs, owner);
  if (campaign === undefined) return false;
  campaign.sources.add(`${kind} ${key}`);
  rate.held = true;
  return true;
}

export const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
