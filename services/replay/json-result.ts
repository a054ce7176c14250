import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { BaselineStart } from '#services/baseline/read-baseline.ts';
import { VERSION } from '#services/cli/version.ts';
import { differenceOf } from './difference.ts';
import type { Lane } from './lane.ts';
import type { RankingReport } from './ranking-report.ts';
import type { Replay } from './replay.ts';
import type { LaneSummary, Spread } from './summary.ts';
import type { Unread } from './unread.ts';

/** All that a finished replay has to tell. */
export interface ReplayResult {
  readonly replay: Replay;
  /** Undefined where it began from nothing. */
  readonly start: BaselineStart | undefined;
  /** Undefined without labels; a lane's summary by the lane's name. */
  readonly summaries: ReadonlyMap<string, LaneSummary> | undefined;
  readonly against: Lane | undefined;
  readonly sweep:
    | { readonly path: string; readonly lanes: readonly { readonly value: unknown; readonly lane: Lane }[] }
    | undefined;
  /** Undefined where the log does not say who is a robot. */
  readonly robots: RankingReport | undefined;
  /** Empty where (nearly) the whole log was read. */
  readonly unread: readonly Unread[];
  readonly wallSeconds: number;
}

const iso = (ms: number): string => (ms === 0 ? '' : new Date(ms).toISOString());
const rounded = (value: number, decimals = 3): number => Math.round(value * 10 ** decimals) / 10 ** decimals;

/** The one object of `vigie replay --format json`. Same input and policy, same bytes, `wall_s` aside. */
export function jsonResult(result: ReplayResult): unknown {
  const { replay, start, summaries, against, sweep, robots, unread } = result;
  const [lane] = replay.lanes;
  const labels = summaries?.get(lane.name);
  return {
    run: {
      version: VERSION,
      policy: lane.policy.digest,
      events: replay.events,
      accounts: replay.accounts.size,
      rejected: replay.rejections.counts(),
      duplicates: replay.duplicates,
      skipped: replay.skipped,
      from: iso(replay.fromMs),
      to: iso(replay.toMs),
      ...(start && { baseline: { digest: start.digest, state: start.stateSha256 ?? null } }),
      ...(replay.controls.given > 0 && { controls: replay.controls }),
      ...(lane.portal && { refused: lane.portal.refused }),
      ...(replay.truncated && { truncated: true }),
      ...Object.fromEntries(unread.map(({ kind, share }) => [`unread_for_${kind}`, rounded(share)])),
      wall_s: rounded(result.wallSeconds),
    },
    alerts: alertsOf(lane),
    actions: actionsOf(lane),
    campaigns: campaignsOf(lane),
    notices: lane.notices,
    ...(labels && { labels: labelsOf(labels) }),
    ...(against && {
      against: {
        policy: against.policy.digest,
        alerts: alertsOf(against),
        actions: actionsOf(against),
        difference: differenceOf(lane, against),
        ...(summaries && { labels: labelsOf(summaries.get(against.name)!) }),
      },
    }),
    ...(sweep && {
      sweep: {
        path: sweep.path,
        values: sweep.lanes.map(({ value, lane: swept }) => ({
          value,
          policy: swept.policy.digest,
          alerts: swept.incidents.size,
          actions: actedByRung(swept),
          ...(summaries && { labels: labelsOf(summaries.get(swept.name)!) }),
        })),
      },
    }),
    ...(robots && { robots }),
  };
}

/** Incidents as they are printed. */
export function alertsOf(lane: Pick<Lane, 'incidents'> & { readonly exposures?: Lane['exposures'] }): unknown[] {
  const { incidents, exposures } = lane;
  return incidents.sorted().map(({ created, peak, last, rung, severity }) => ({
    id: created.id,
    time: iso(created.timeMs),
    account: created.account.id,
    channel: created.channel,
    kind: peak.kind,
    severity,
    started: iso(peak.startedMs),
    exposed: created.exposed,
    score: peak.score,
    evidence: peak.evidence,
    ...(peak.benign && { benign: peak.benign }),
    rung,
    peakTime: iso(peak.timeMs),
    last: iso(last.timeMs),
    exposedTotal: last.exposed,
    exposedByInsurer: last.exposedByInsurer,
    class: created.account.class,
    profession: created.account.profession,
    department: created.account.department,
    ...(exposures && exposures.size > 0 && { attack: exposures.attackOn(created.account.id, last.timeMs) }),
  }));
}

function actionsOf(lane: Lane): unknown[] {
  return [...lane.actions]
    .sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map((action) => ({
      id: action.id,
      time: iso(action.timeMs),
      account: action.accountId,
      action: action.rung,
      alert: action.alertId,
      score: action.score,
      exposed: action.exposed,
      channel: action.channel,
      decision: action.decision,
      reason: action.reason,
      until: iso(action.untilMs),
    }));
}

function campaignsOf(lane: Lane): unknown[] {
  return lane.campaigns.sorted().map((campaign) => ({
    id: campaign.id,
    time: iso(campaign.namedMs),
    accounts: campaign.members.map(({ account }) => account.id),
    kind: campaign.kind,
    started: iso(campaign.startedMs),
    last: iso(campaign.timeMs),
    fdr: campaign.fdr,
    evidence: campaign.evidence,
    named: campaign.members.map(({ account, namedMs }) => ({ account: account.id, time: iso(namedMs) })),
  }));
}

/** Actions that the machine would do by itself, by rung. */
export const actedByRung = (lane: Lane): Record<Exclude<Rung, 'alert'>, number> => {
  const count = (rung: Rung) => lane.actions.filter((a) => a.rung === rung && a.decision === 'act').length;
  return { step_up: count('step_up'), throttle: count('throttle'), suspend: count('suspend') };
};

/** Figures of nothing are NaN, which JSON writes as null. */
const spread = ({ median, p95, max }: Spread) => ({ median, p95, max });

function labelsOf({ attacks, byKind, honest, campaigns }: LaneSummary): unknown {
  return {
    attacks: attacks.map(
      ({ attack, events, before, firstMs, accounts, ifNobodyActed, contained, containedByCampaign }) => ({
        id: attack.id,
        kind: attack.kind,
        accounts: attack.accounts.length,
        events,
        exposed: {
          ...before,
          contained,
          contained_by_campaign: containedByCampaign,
          if_nobody_acted: ifNobodyActed,
        },
        first: Object.fromEntries(RUNGS.map((rung) => [rung, firstMs[rung] === undefined ? null : iso(firstMs[rung])])),
        accounts_reached: accounts,
      }),
    ),
    by_kind: byKind.map((k) => ({
      kind: k.kind,
      attacks: k.attacks,
      not_in_log: k.notInLog,
      reached: k.reached,
      exposed: {
        ...Object.fromEntries(RUNGS.map((rung) => [rung, spread(k.before[rung])])),
        contained: spread(k.contained),
        if_nobody_acted: spread(k.ifNobodyActed),
      },
    })),
    campaigns: {
      attacks: campaigns.attacks.map(({ id, accounts, firstMs, within6h, within24h, within48h, named }) => ({
        id,
        accounts,
        first: firstMs === undefined ? null : iso(firstMs),
        named_6h: within6h,
        named_24h: within24h,
        named_48h: within48h,
        named,
      })),
      honest_named: campaigns.honestNamed,
      false_campaigns: campaigns.falseCampaigns,
    },
    honest: {
      accounts: honest.accounts,
      account_months: rounded(honest.accountMonths),
      disturbed: Object.fromEntries(
        RUNGS.map((rung) => {
          const cost = honest.rungs[rung];
          return [
            rung,
            {
              accounts: cost.accounts,
              account_months: cost.accountMonths,
              per_10000: rounded(cost.per10000),
              bound_95_per_10000: rounded(cost.bound95Per10000),
              ...(rung !== 'alert' && { restricted_account_days: honest.restrictedDays[rung] }),
              by_hard_case: Object.fromEntries(cost.byHardCase.map((c) => [c.kind, c.accountMonths])),
            },
          ];
        }),
      ),
    },
  };
}
