import type { CampaignEvidence } from '#libs/model/campaign.ts';
import { thousandths } from './find-sources.ts';
import { FALSE_A_MONTH, LAG_DAYS, MIN_UNITS } from './limits.ts';
import type { Misser } from './miss-book.ts';
import { surpriseOfShare } from './negative-binomial.ts';
import { nameMembers } from './register.ts';
import type { CampaignState } from './state.ts';

/** Fewer shared registers are a family on holiday. */
const MIN_SHARED = 5;
/** How much likelier than on average it may be for an honest account to miss where others do: large towns are everybody's. */
const LIKELIER = 3;
const LEAST_SHARE = 0.005;

/**
 * Looks for accounts that miss in the same registers as accounts of other departments far more often than those who are left
 * do. When an insurer does not answer everybody misses, and everybody shares more: then nobody stands out from the middle.
 */
export function findSplitSweep(state: CampaignState, nowMs: number): void {
  const { misses, shared, missers } = state.misses;
  const conspicuous = [...missers.values()].filter((m) => m.shared >= MIN_SHARED && m.shared >= m.misses / 2);
  if (conspicuous.length < MIN_UNITS) return;
  const of = (what: 'misses' | 'shared') => conspicuous.reduce((sum, misser) => sum + misser[what], 0);
  const others = (shared - of('shared')) / Math.max(1, misses - of('misses'));
  const usual = Math.max(LEAST_SHARE, others, middleShare(missers));
  const chance = FALSE_A_MONTH / 30;
  const limit = Math.log(missers.size / chance);
  const surpriseOf = (m: Misser): number => surpriseOfShare(m.shared, m.misses, Math.min(1, LIKELIER * usual));
  const found = conspicuous
    .map((misser) => ({ misser, nats: surpriseOf(misser) }))
    .filter(({ nats }) => nats >= limit)
    .sort((a, b) => (a.misser.account.id < b.misser.account.id ? -1 : 1));
  if (new Set(found.map(({ misser }) => misser.unit)).size < MIN_UNITS) return;
  const evidence: CampaignEvidence = {
    kind: 'split_sweep',
    key: 'register',
    value: '',
    level: 0,
    observed: found.length,
    expected: thousandths(chance),
    days: LAG_DAYS,
    nats: Math.max(...found.map(({ nats }) => nats)),
  };
  const members = found.map(({ misser: { account, unit, sinceMs } }) => ({ account, unit, sinceMs, namedMs: nowMs }));
  const campaign = nameMembers(
    state,
    { members, evidence, chance: new Map([['split', { expected: chance, variance: chance }]]) },
    nowMs,
  );
  if (campaign === undefined) state.counters.unattributed++;
  else for (const { account } of members) campaign.activeToday.add(account.id);
}

/** The share of the account in the middle, of all who missed anything. */
function middleShare(missers: ReadonlyMap<string, Misser>): number {
  const shares = [...missers.values()].map(({ shared, misses }) => shared / misses).sort((a, b) => a - b);
  return shares[Math.floor(shares.length / 2)]!;
}
