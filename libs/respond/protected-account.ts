import type { Guard } from './guard.ts';

/** Emergency services, people on call, the only provider of a department: a person decides until the protection ends. */
export const protectedAccount: Guard = ({ state, alert, nowMs }) => {
  const protection = state.policy.protectedAccounts.find((p) => p.account === alert.account.id && nowMs < p.untilMs);
  if (!protection) return undefined;
  const until = new Date(protection.untilMs).toISOString();
  return { decision: 'await_approval', reason: `protected until ${until}: ${protection.reason}` };
};
