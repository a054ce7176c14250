import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { Lane } from './lane.ts';

/** One account for which two policies come to something else. */
export interface AccountDifference {
  readonly account: string;
  readonly policy: AccountOutcome;
  readonly against: AccountOutcome;
}

export interface AccountOutcome {
  readonly alerts: number;
  /** Highest rung reached; '' without an alert. */
  readonly rung: Rung | '';
  /** Rungs the response would act on by itself, lowest first, each once. */
  readonly acted: readonly Rung[];
}

const NOTHING: AccountOutcome = { alerts: 0, rung: '', acted: [] };

/** Accounts with different alerts or actions, those with the larger difference in rung first. */
export function differenceOf(policy: Lane, against: Lane): AccountDifference[] {
  const [a, b] = [outcomes(policy), outcomes(against)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((account) => ({ account, policy: a.get(account) ?? NOTHING, against: b.get(account) ?? NOTHING }))
    .filter((d) => JSON.stringify(d.policy) !== JSON.stringify(d.against))
    .sort((x, y) => distance(y) - distance(x) || (x.account < y.account ? -1 : 1));
}

const height = (rung: Rung | ''): number => (rung === '' ? -1 : RUNGS.indexOf(rung));
const distance = (d: AccountDifference): number => Math.abs(height(d.policy.rung) - height(d.against.rung));

function outcomes(lane: Lane): Map<string, AccountOutcome> {
  const found = new Map<string, { alerts: number; rung: Rung; acted: Rung[] }>();
  for (const entry of lane.incidents.sorted()) {
    const { id } = entry.created.account;
    const outcome = found.get(id) ?? { alerts: 0, rung: entry.rung, acted: [] };
    outcome.alerts++;
    if (height(entry.rung) > height(outcome.rung)) outcome.rung = entry.rung;
    found.set(id, outcome);
  }
  for (const action of lane.actions) {
    const acted = found.get(action.accountId)?.acted;
    if (acted && action.decision === 'act' && !acted.includes(action.rung)) acted.push(action.rung);
  }
  for (const { acted } of found.values()) acted.sort((x, y) => height(x) - height(y));
  return found;
}
