import type { Loot } from './portal/theft.ts';
import type { ByRung, Replayed, Rung } from './replayed.ts';
import { byRung } from './replayed.ts';

/** How many people the thief had been shown: counted here, from what was stolen and when each account met each rung. */
export interface TheftFigures {
  readonly id: string;
  readonly accounts: number;
  /** People an account, the deciding look-up included, before the rung or a higher one; all where it never met it. Null: none did. */
  readonly before: ByRung<number | null>;
  /** Accounts that met the rung. */
  readonly met: ByRung<number>;
  /**
   * People an account shown although what is decided is enforced, as the product counts them: the holder's own of that
   * time among them. Null where nothing was enforced.
   */
  readonly contained: number | null;
  readonly if_nobody_acted: number;
}

/** Rungs that end what the first one would have ended. */
const ENDED_BY: ByRung<readonly Rung[]> = {
  alert: ['alert', 'step_up', 'throttle', 'suspend'],
  step_up: ['step_up', 'suspend'],
  throttle: ['throttle', 'suspend'],
  suspend: ['suspend'],
};

export function theftFigures(thefts: readonly Loot[], replayed: Replayed, contained: boolean): TheftFigures[] {
  return thefts.map((loot) => {
    const all = people(loot, () => Number.POSITIVE_INFINITY);
    const each = (total: number): number => Math.round(total / loot.accounts.size);
    const times = byRung((rung) => firstTimes(loot, rung, replayed));
    const label = replayed.labels.attacks.find((attack) => attack.id === loot.id);
    return {
      id: loot.id,
      accounts: loot.accounts.size,
      before: byRung((rung) =>
        times[rung].size === 0
          ? null
          : each(people(loot, (account) => times[rung].get(account) ?? Number.POSITIVE_INFINITY)),
      ),
      met: byRung((rung) => times[rung].size),
      contained: contained && label ? each(label.exposed.contained) : null,
      if_nobody_acted: each(all),
    };
  });
}

function people(loot: Loot, untilMs: (account: string) => number): number {
  let sum = 0;
  for (const [account, shown] of loot.accounts) {
    for (const one of shown) if (one.atMs <= untilMs(account)) sum += one.people;
  }
  return sum;
}

/** By account, when it first met the rung after its theft had begun; what began before is none of the theft's. */
function firstTimes({ accounts, startMs }: Loot, rung: Rung, { alerts, actions }: Replayed): Map<string, number> {
  const first = new Map<string, number>();
  const take = (account: string, time: string): void => {
    const atMs = Date.parse(time);
    if (!accounts.has(account) || atMs < startMs) return;
    first.set(account, Math.min(atMs, first.get(account) ?? atMs));
  };
  const ending = ENDED_BY[rung];
  if (ending.includes('alert')) for (const { account, time } of alerts) take(account, time);
  for (const { account, time, action } of actions) if (ending.includes(action)) take(account, time);
  return first;
}
