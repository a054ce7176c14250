import type { Restriction } from '#libs/model/action.ts';
import type { ActionRecord } from '#libs/model/action-record.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';
import { rungHeight } from './ladder.ts';

/** States in which an action's restriction holds: from the moment it was decided to act until it is taken back. */
const HOLDING: ReadonlySet<string> = new Set(['requested', 'unknown', 'applied', 'verified', 'failed']);

const RESTRICTION_OF: Readonly<Record<RestrictingRung, Restriction>> = {
  step_up: 'step_up',
  throttle: 'throttle',
  suspend: 'suspended',
};

/** True while the action restricts the account. A failed one does: the gateway refuses even where the directory won't. */
export const isHolding = (record: ActionRecord): boolean => HOLDING.has(record.state);

/**
 * The restriction that follows from all of one account's actions: the highest rung among those that hold, and of these
 * the one that ends last. `undefined`: none.
 */
export function currentRestriction(
  records: readonly ActionRecord[],
): { restriction: Restriction; record: ActionRecord } | undefined {
  const endMs = (r: ActionRecord) => r.plan.untilMs || Number.POSITIVE_INFINITY;
  let best: ActionRecord | undefined;
  for (const record of records) {
    if (!isHolding(record)) continue;
    const higher = best ? rungHeight(record.plan.rung) - rungHeight(best.plan.rung) : 1;
    if (!best || higher > 0 || (higher === 0 && endMs(record) > endMs(best))) best = record;
  }
  return best && { restriction: RESTRICTION_OF[best.plan.rung], record: best };
}
