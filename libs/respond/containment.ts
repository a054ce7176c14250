import { createHash } from 'node:crypto';
import { assert } from '#libs/base/assert.ts';
import type { PlannedAction } from '#libs/model/action.ts';
import type { AccountRestriction } from '#libs/model/action-record.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';
import type {
  ContainedGroup,
  Containment,
  ContainmentPreview,
  ContainmentSelector,
  DirectoryAccount,
} from '#libs/model/containment.ts';
import type { ProtectedAccount } from '#libs/model/response-policy.ts';
import { groupOf } from './state.ts';

/** True where the account is one that the selector means. */
function isSelected({ selector, members }: PreviewQuestion, account: DirectoryAccount): boolean {
  const wanted = (of: Exclude<keyof ContainmentSelector, 'campaign'>) =>
    selector[of] === undefined || selector[of] === account[of];
  return (
    (members?.has(account.id) ?? true) &&
    wanted('class') &&
    wanted('org') &&
    wanted('profession') &&
    wanted('department')
  );
}

/** A selector that names no class, organisation or campaign could mean everybody: the portal is never closed this way. */
export const isBounded = ({ class: accountClass, org = '', campaign = '' }: ContainmentSelector): boolean =>
  accountClass !== undefined || org !== '' || campaign !== '';

const HEIGHT = { none: 0, step_up: 1, throttle: 2, suspended: 3 } as const;
const HEIGHT_OF_RUNG = { step_up: 1, throttle: 2, suspend: 3 } as const;

export interface PreviewQuestion {
  readonly directory: Iterable<DirectoryAccount>;
  readonly selector: ContainmentSelector;
  /** Ids of the accounts of the selector's campaign; absent where it names none. */
  readonly members?: ReadonlySet<string>;
  readonly rung: RestrictingRung;
  readonly protectedAccounts: readonly ProtectedAccount[];
  /** Protected accounts too. */
  readonly includeProtected: boolean;
  readonly restrictionOf: (accountId: string) => AccountRestriction | undefined;
  readonly nowMs: number;
}

/** Who would be restricted, who is spared, and which professions would be thinned out where. Changes nothing. */
export function previewContainment(question: PreviewQuestion): ContainmentPreview {
  const { selector, rung, nowMs } = question;
  assert((selector.campaign !== undefined) === (question.members !== undefined), 'a campaign goes with its accounts');
  const protection = new Map(question.protectedAccounts.filter((p) => nowMs < p.untilMs).map((p) => [p.account, p]));
  const accounts: string[] = [];
  const spared: { account: string; reason: string }[] = [];
  const groups = new Map<string, { profession: string; department: string; affected: number; of: number }>();
  let alreadyRestricted = 0;
  for (const account of question.directory) {
    const key = groupOf(account.profession, account.department);
    const { profession, department } = account;
    const group = groups.get(key) ?? { profession, department: department || 'unknown', affected: 0, of: 0 };
    groups.set(key, group);
    group.of += 1;
    if (!isSelected(question, account)) continue;
    const kept = question.includeProtected ? undefined : protection.get(account.id);
    if (kept) {
      spared.push({ account: account.id, reason: kept.reason });
      continue;
    }
    accounts.push(account.id);
    group.affected += 1;
    const present = question.restrictionOf(account.id)?.restriction ?? 'none';
    if (HEIGHT[present] >= HEIGHT_OF_RUNG[rung]) alreadyRestricted += 1;
  }
  accounts.sort();
  spared.sort((a, b) => (a.account < b.account ? -1 : 1));
  const touched: ContainedGroup[] = [...groups.values()]
    .filter((g) => g.affected > 0)
    .sort((a, b) => b.affected - a.affected || (groupKey(a) < groupKey(b) ? -1 : 1));
  return {
    accounts,
    digest: containmentDigest(selector, rung, accounts),
    spared,
    alreadyRestricted,
    groups: touched,
    emptied: touched.filter((g) => g.affected === g.of),
  };
}

const groupKey = (g: ContainedGroup): string => `${g.profession}/${g.department}`;

function containmentDigest(selector: ContainmentSelector, rung: RestrictingRung, accounts: readonly string[]): string {
  const { class: accountClass, org, campaign, profession, department } = selector;
  const what = [
    accountClass ?? '',
    org ?? '',
    profession ?? '',
    department ?? '',
    rung,
    accounts,
    ...(campaign ? [campaign] : []),
  ];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

/** The alert id under which a containment's actions stand: there is no alert behind them. */
export const containmentAlertId = (id: string): string => `containment:${id}`;

/** Id of a containment's action on one account: made again, it is the same. */
export const containmentActionId = (id: string, accountId: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['containment', id, accountId]))
    .digest('hex')
    .slice(0, 32);

/** The plan for one account of a containment. No budget holds it: two people have decided. */
export function containmentPlan(containment: Containment, accountId: string, nowMs: number): PlannedAction {
  const { id, rung, reason, lengthMs } = containment;
  return {
    id: containmentActionId(id, accountId),
    alertId: containmentAlertId(id),
    accountId,
    channel: 'web',
    rung,
    decision: 'act',
    reason: `containment ${id}: ${reason}`,
    timeMs: nowMs,
    untilMs: lengthMs > 0 ? nowMs + lengthMs : 0,
    score: 0,
    exposed: 0,
  };
}
