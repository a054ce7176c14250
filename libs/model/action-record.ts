import type { ActionState, PlannedAction, Restriction } from './action.ts';

/** Where an action is within `requested`, in the order in which things are done. */
export const ACTION_STEPS = ['restrict', 'block', 'end_sessions', 'read_back'] as const;
export type ActionStep = (typeof ACTION_STEPS)[number];

/** The account as it was before the first action touched it: the way back leads there. */
export interface EarlierAccount {
  readonly enabled: boolean;
  readonly stepUpRequired: boolean;
}

/** An action with its life so far, as the store keeps it. Every change of it is written before the call it announces. */
export interface ActionRecord {
  readonly plan: PlannedAction;
  readonly state: ActionState;
  /** The step about to be done, or last tried. */
  readonly step: ActionStep;
  /** Counts the changes of this record: a writer must name the one it read. */
  readonly version: number;
  /** Calls that failed in a row. */
  readonly attempts: number;
  /** When the action is to be worked on again, ms; 0: nothing is due. */
  readonly dueMs: number;
  /** In words: the last failure, who decided, why it was reverted. No personal data. */
  readonly detail: string;
  /** '' until the account was read. */
  readonly earlier: EarlierAccount | '';
  /** Whether what was done has to be undone at the connector: on re-enable and on expiry. */
  readonly undo: 'none' | 'pending' | 'done';
  readonly createdMs: number;
  readonly updatedMs: number;
  /** When it was verified, ms; 0 before. */
  readonly verifiedMs: number;
}

/** An account's restriction as it is published: one a account, the newest `seq` wins. */
export interface AccountRestriction {
  readonly accountId: string;
  readonly restriction: Restriction;
  /** When it ends by itself, ms; 0: only a person ends it. */
  readonly untilMs: number;
  /** New people an hour under `throttle`; 0 elsewhere. */
  readonly newPerHour: number;
  readonly sinceMs: number;
  /** The action that put it there; '' for `none`. */
  readonly actionId: string;
  /** Grows with every change of this account's restriction. */
  readonly seq: number;
}
