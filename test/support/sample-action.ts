import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import { T0 } from './sample-alert.ts';

export type ActionChange = Partial<Omit<ActionRecord, 'plan'>> & { readonly plan?: Partial<ActionRecord['plan']> };

/** A planned suspension; `change` overrides what a test is about. */
export function sampleAction(change: ActionChange = {}): ActionRecord {
  const { plan, ...rest } = change;
  return {
    state: 'planned',
    step: 'restrict',
    version: 1,
    attempts: 0,
    dueMs: T0,
    detail: '',
    earlier: '',
    undo: 'none',
    createdMs: T0,
    updatedMs: T0,
    verifiedMs: 0,
    ...rest,
    plan: {
      id: 'act-1',
      alertId: 'a1f0',
      accountId: 'PS-000123',
      channel: 'web',
      rung: 'suspend',
      decision: 'act',
      reason: 'mode.professional.critical is auto',
      timeMs: T0,
      untilMs: 0,
      score: 21.304,
      exposed: 17,
      ...plan,
    },
  };
}

export const sampleRestriction = (change: Partial<AccountRestriction> = {}): AccountRestriction => ({
  accountId: 'PS-000123',
  restriction: 'suspended',
  untilMs: 0,
  newPerHour: 0,
  sinceMs: T0,
  actionId: 'act-1',
  seq: 1,
  ...change,
});
