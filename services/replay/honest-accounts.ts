import type { PlannedAction } from '#libs/model/action.ts';
import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { AccountsSeen } from './accounts-seen.ts';
import { upperBound } from './binomial-bound.ts';
import type { HardCase } from './labels.ts';
import type { RestrictedDays } from './restricted-days.ts';
import { restrictedDays } from './restricted-days.ts';

/**
 * What the policy costs honest accounts: how many account-months saw each rung. An account-month is 30 days between an
 * account's first and its last event, so accounts that the log hardly shows hardly count.
 */
const MONTH_MS = 30 * 86_400_000;

export interface Disturbance {
  readonly accountId: string;
  readonly rung: Rung;
  readonly timeMs: number;
}

export interface HonestCost {
  readonly accounts: number;
  readonly accountMonths: number;
  readonly rungs: Readonly<Record<Rung, RungCost>>;
  /** Account-days under the restrictions that were planned. */
  readonly restrictedDays: RestrictedDays;
}

export interface RungCost {
  /** Different accounts, and different account-months, in which the rung was reached. */
  readonly accounts: number;
  readonly accountMonths: number;
  /** Account-months per 10,000, and the exact one-sided 95 % upper bound of that rate. */
  readonly per10000: number;
  readonly bound95Per10000: number;
  /** Account-months by what the labels say the account was doing, most first; `none`: nothing unusual. */
  readonly byHardCase: readonly { readonly kind: string; readonly accountMonths: number }[];
}

/**
 * @param actions plans, whoever's account
 * @param isHonest false for accounts that any attack names
 * @param startMs from when on time and alerts count, ms: the log's first event, or the end of a warm-up
 * @param endMs the log's last event, ms
 */
export function honestCost(
  seen: AccountsSeen,
  disturbances: readonly Disturbance[],
  actions: readonly PlannedAction[],
  hardCases: readonly HardCase[],
  isHonest: (accountId: string) => boolean,
  startMs: number,
  endMs: number,
): HonestCost {
  let accounts = 0;
  let spanMs = 0;
  for (const { id, firstMs, lastMs } of seen.spans()) {
    if (!isHonest(id) || lastMs < startMs) continue;
    accounts++;
    spanMs += lastMs - Math.max(firstMs, startMs);
  }
  const accountMonths = spanMs / MONTH_MS;
  const honest = disturbances.filter((d) => d.timeMs >= startMs && isHonest(d.accountId));
  const casesOf = Map.groupBy(hardCases, (c) => c.account);
  const caseAt = ({ accountId, timeMs }: Disturbance): string =>
    casesOf.get(accountId)?.find((c) => timeMs >= c.fromMs && timeMs < c.toMs)?.kind ?? 'none';

  const costOf = (rung: Rung): RungCost => {
    // One account-month is disturbed once, however many alerts fall into it; its first decides what it was doing.
    const months = new Map<string, string>();
    const disturbed = new Set<string>();
    for (const d of honest) {
      if (d.rung !== rung) continue;
      disturbed.add(d.accountId);
      const month = `${Math.floor((d.timeMs - startMs) / MONTH_MS)} ${d.accountId}`;
      if (!months.has(month)) months.set(month, caseAt(d));
    }
    const byKind = Map.groupBy(months.values(), (kind) => kind);
    return {
      accounts: disturbed.size,
      accountMonths: months.size,
      per10000: accountMonths > 0 ? (months.size / accountMonths) * 10_000 : 0,
      bound95Per10000: upperBound(months.size, accountMonths) * 10_000,
      byHardCase: [...byKind]
        .map(([kind, all]) => ({ kind, accountMonths: all.length }))
        .sort((a, b) => b.accountMonths - a.accountMonths || (a.kind < b.kind ? -1 : 1)),
    };
  };
  const rungs = Object.fromEntries(RUNGS.map((rung) => [rung, costOf(rung)])) as Record<Rung, RungCost>;
  return { accounts, accountMonths, rungs, restrictedDays: restrictedDays(actions, isHonest, startMs, endMs) };
}
