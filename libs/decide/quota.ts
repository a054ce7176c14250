import type { QuotaPolicy } from '#libs/model/detection-policy.ts';

/**
 * Limits on new people, in the account's own scale: what bounds a thief whom no score can tell from the holder. Reaching
 * one throttles the account, so no input exposes more than a quota before a restriction is decided.
 */

const MAX_QUOTA = 65_535;
const whole = (limit: number): number => Math.max(1, Math.min(MAX_QUOTA, Math.floor(limit)));

/** New people an hour, people. @param perHour the account's mean a worked hour */
export const hourQuota = (policy: QuotaPolicy, perHour: number): number =>
  whole(policy.hourFactor * (perHour + policy.hourOffset));

/** New people a day, people. @param perDay the account's mean a worked day */
export const dayQuota = (policy: QuotaPolicy, perDay: number): number =>
  whole(policy.dayFactor * (perDay + policy.dayOffset));

/** People left without follow-up in 28 days. @param usual the account's usual count over 28 days */
export const unfollowedQuota = (policy: QuotaPolicy, usual: number): number =>
  whole(policy.unfollowedFactor * (1.4 * usual + policy.unfollowedOffset));
