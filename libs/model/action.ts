import type { RestrictingRung } from './alert.ts';

/** What the response decides to do about one alert revision, before anything is done. */
export interface PlannedAction {
  /** Hash of alert id and rung: planning the same alert again gives the same action. */
  readonly id: string;
  readonly alertId: string;
  readonly accountId: string;
  readonly channel: string;
  readonly rung: RestrictingRung;
  /** `act` at once, wait for a person, only record (`observe`), or drop it as no longer useful. */
  readonly decision: 'act' | 'await_approval' | 'observe' | 'drop';
  /** Which guard or policy line decided, in words. */
  readonly reason: string;
  /** Event time of the deciding event, ms. */
  readonly timeMs: number;
  /** When the restriction ends by itself, ms; 0 where only a person ends it. */
  readonly untilMs: number;
  readonly score: number;
  readonly exposed: number;
}

/** Life of an action in the store. `unknown`: a call timed out and may have been applied; read before repeating. */
export const ACTION_STATES = [
  'waiting_approval',
  'planned',
  'requested',
  'unknown',
  'applied',
  'verified',
  'failed',
  'reverted',
  'dropped',
  'observed',
] as const;
export type ActionState = (typeof ACTION_STATES)[number];

/** The account's current restriction, as a portal gateway enforces it. */
export const RESTRICTIONS = ['none', 'step_up', 'throttle', 'suspended'] as const;
export type Restriction = (typeof RESTRICTIONS)[number];
