import type { ResponseState } from './state.ts';

/**
 * How long plans and re-enables are remembered: longer than the alert log keeps a record (7 days by default), so that a
 * full re-read of it finds every plan still known. The store's own key on the action's id holds beyond that.
 */
export const MEMORY_DAYS = 30;

/** Drops what is older than {@link MEMORY_DAYS}, so that the state's size follows the rate of incidents, not its age. */
export function forget(state: ResponseState, nowMs: number): void {
  const oldestMs = nowMs - MEMORY_DAYS * 24 * 60 * 60_000;
  // Maps keep the order of insertion, which is nearly that of time: stop at the first that stays.
  for (const [key, plans] of state.incidents) {
    if (plans.timeMs >= oldestMs) break;
    state.incidents.delete(key);
  }
}
