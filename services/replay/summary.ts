import { quantileSorted } from 'simple-statistics';
import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { AttackExposure } from './attack-exposure.ts';
import type { CampaignAccuracy } from './campaign-report.ts';
import { campaignAccuracy } from './campaign-report.ts';
import type { HonestCost } from './honest-accounts.ts';
import { honestCost } from './honest-accounts.ts';
import type { Labels } from './labels.ts';
import type { Lane } from './lane.ts';
import type { Replay } from './replay.ts';

/** What the labels say of one lane: how much each attack exposed, and what the policy cost honest accounts. */
export interface LaneSummary {
  readonly attacks: readonly AttackExposure[];
  readonly byKind: readonly KindSummary[];
  readonly honest: HonestCost;
  readonly campaigns: CampaignAccuracy;
}

export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export interface KindSummary {
  /** `all` for every attack. */
  readonly kind: string;
  readonly attacks: number;
  /** Attacks of which the log holds nothing: all figures below leave them out. With all of them, spreads are NaN. */
  readonly notInLog: number;
  /** People exposed before the rung; an attack that never reached it counts with everybody. */
  readonly before: Readonly<Record<Rung, Spread>>;
  /** Attacks of which some account reached the rung. */
  readonly reached: Readonly<Record<Rung, number>>;
  readonly ifNobodyActed: Spread;
  readonly contained: Spread;
}

const DAY_MS = 86_400_000;

/** @param warmUpDays days at the log's beginning in which disturbances of honest accounts do not count */
export function summarise(replay: Replay, lane: Lane, labels: Labels, warmUpDays: number): LaneSummary {
  const attacks = lane.exposures.results();
  const kinds = [...Map.groupBy(attacks, ({ attack }) => attack.kind)].sort(([a], [b]) => (a < b ? -1 : 1));
  const isHonest = (account: string) => !lane.exposures.isNamed(account);
  return {
    attacks,
    byKind:
      attacks.length === 0 ? [] : [...kinds, ['all', attacks] as const].map(([kind, of]) => summariseKind(kind, of)),
    campaigns: campaignAccuracy(lane.campaigns, attacks, (account) => lane.exposures.isNamed(account)),
    honest: honestCost(
      replay.accounts,
      lane.disturbances,
      lane.actions,
      labels.hardCases,
      isHonest,
      replay.fromMs + warmUpDays * DAY_MS,
      replay.toMs,
    ),
  };
}

function summariseKind(kind: string, labelled: readonly AttackExposure[]): KindSummary {
  // Nothing exposed of what is not in the log would look like a perfect defence.
  const attacks = labelled.filter((a) => a.events > 0);
  const byRung = <T>(of: (rung: Rung) => T) => Object.fromEntries(RUNGS.map((r) => [r, of(r)])) as Record<Rung, T>;
  return {
    kind,
    attacks: labelled.length,
    notInLog: labelled.length - attacks.length,
    before: byRung((rung) => spread(attacks.map((a) => a.before[rung]))),
    reached: byRung((rung) => attacks.filter((a) => a.firstMs[rung] !== undefined).length),
    ifNobodyActed: spread(attacks.map((a) => a.ifNobodyActed)),
    contained: spread(attacks.map((a) => a.contained)),
  };
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { median: Number.NaN, p95: Number.NaN, max: Number.NaN };
  const sorted = [...values].sort((a, b) => a - b);
  // Quantiles between two people are rounded to tenths: more would be noise of the arithmetic.
  const quantile = (q: number) => Math.round(quantileSorted(sorted, q) * 10) / 10;
  return { median: quantile(0.5), p95: quantile(0.95), max: sorted.at(-1)! };
}
