import type { PlannedAction } from '#libs/model/action.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';

/**
 * How long accounts stand restricted. A month counts as disturbed once, however often a restriction is renewed in it; to
 * the practice, a day's throttle and a month's are not the same.
 */
export type RestrictedDays = Readonly<Record<RestrictingRung, number>>;

const DAY_MS = 86_400_000;

/**
 * Account-days under each rung's restriction, rounded to tenths, as planned: what would wait for a person, or is only
 * observed, counts as if it were done. Restrictions of one account that overlap count once; one that only a person ends
 * lasts until `endMs`.
 * @param actions in any order @param counts false for accounts that are left out
 * @param startMs from when on days count, ms @param endMs end of the log, ms
 */
export function restrictedDays(
  actions: readonly Pick<PlannedAction, 'accountId' | 'rung' | 'decision' | 'timeMs' | 'untilMs'>[],
  counts: (accountId: string) => boolean,
  startMs: number,
  endMs: number,
): RestrictedDays {
  const planned = actions.filter(({ accountId, decision }) => decision !== 'drop' && counts(accountId));
  const daysOf = (rung: RestrictingRung): number => {
    let sumMs = 0;
    const byAccount = Map.groupBy(
      planned.filter((action) => action.rung === rung),
      ({ accountId }) => accountId,
    );
    for (const own of byAccount.values()) {
      let coveredMs = startMs;
      for (const { timeMs, untilMs } of own.sort((a, b) => a.timeMs - b.timeMs)) {
        const toMs = Math.min(untilMs === 0 ? endMs : untilMs, endMs);
        sumMs += Math.max(0, toMs - Math.max(timeMs, coveredMs));
        coveredMs = Math.max(coveredMs, toMs);
      }
    }
    return Math.round((10 * sumMs) / DAY_MS) / 10;
  };
  return { step_up: daysOf('step_up'), throttle: daysOf('throttle'), suspend: daysOf('suspend') };
}
