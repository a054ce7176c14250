import type { RestrictingRung } from '#libs/model/alert.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';

/** When a restriction planned at `nowMs` ends by itself, ms; 0 where only a person ends it. */
export function restrictionEndMs(policy: ResponsePolicy, rung: RestrictingRung, nowMs: number): number {
  const minutes = policy.restrictionMinutes[rung];
  return minutes === 0 ? 0 : nowMs + minutes * 60_000;
}
