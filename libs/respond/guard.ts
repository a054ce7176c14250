import type { PlannedAction } from '#libs/model/action.ts';
import type { Alert, RestrictingRung } from '#libs/model/alert.ts';
import type { ResponseState } from './state.ts';

/** What every guard is asked about: one rung for one alert, now. */
export interface GuardQuestion {
  readonly state: ResponseState;
  readonly alert: Alert;
  readonly rung: RestrictingRung;
  /** Event time at which the plan is made, ms. */
  readonly nowMs: number;
}

/** A guard's word: anything but `act`, and why, for the person who reads the plan. */
export interface GuardVerdict {
  readonly decision: Exclude<PlannedAction['decision'], 'act'>;
  readonly reason: string;
  /** True where only a spent budget has something against it. */
  readonly byBudget?: true;
}

/** One guard: `undefined` has nothing against the plan. */
export type Guard = (question: GuardQuestion) => GuardVerdict | undefined;
