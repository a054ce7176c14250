import type { Guard } from './guard.ts';

/**
 * The account was given back by a person after the event that decided: the alert speaks of a time that is dealt with.
 * It is dropped, and says so.
 */
export const reenabledSince: Guard = ({ state, alert }) => {
  const since = state.reenabled.get(alert.account.id)?.find((ms) => ms >= alert.timeMs);
  if (since === undefined) return undefined;
  return {
    decision: 'drop',
    reason: `a person re-enabled the account at ${new Date(since).toISOString()}, since then`,
  };
};

/** An alert that comes late (a backlog after an outage) waits for a person: the scene may have changed meanwhile. */
export const tooOld: Guard = ({ state, alert, nowMs }) => {
  const ageMinutes = (nowMs - alert.timeMs) / 60_000;
  if (ageMinutes <= state.policy.autoWithinMinutes) return undefined;
  return { decision: 'await_approval', reason: `the alert is ${Math.floor(ageMinutes)} minutes old` };
};
