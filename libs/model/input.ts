import type { AccessEvent } from './access-event.ts';
import type { Alert } from './alert.ts';
import type { Signal } from './signal.ts';

/** Time passes without an event: closes bins whose end `timeMs` has passed. */
export interface Tick {
  readonly kind: 'tick';
  readonly timeMs: number;
}

/** What people tell the detector; the only way they change what it does. Times are event times, ms. */
export type Control =
  | {
      readonly kind: 'control';
      readonly control: 'verdict';
      readonly timeMs: number;
      readonly accountId: string;
      readonly alertId: string;
      readonly verdict: 'true' | 'false' | 'benign';
      readonly reason: string;
      /** For `benign`: when the exception ends. */
      readonly untilMs: number;
    }
  | {
      readonly kind: 'control';
      readonly control: 'reenable';
      readonly timeMs: number;
      readonly accountId: string;
      readonly reason: string;
      /** Until when the account's score stays silent (its quotas hold all the same). Absent: it is judged again at once. */
      readonly graceUntilMs?: number;
    };

/** The closed union that `step` takes. */
export type Input = AccessEvent | Tick | Control;

/** What `step` gives back. Anything not listed here did not happen. */
export type Output =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'rejected'; readonly reason: 'time_ahead' | 'time_too_old' };
