import type { QuotaPolicy } from '#libs/model/detection-policy.ts';

/**
 * Limits on new people, in the account's own scale: what bounds a thief whom no score can tell from the holder. Reaching
 * one throttles the account, so no input exposes more than a quota before a restriction is decided.
 */

const MAX_QUOTA = 65_535;
const whole = (limit: number): number => Math.max(1, Math.min(MAX_QUOTA, Math.floor(limit)));

/** Of the busiest hour of a usual day. */
const PEAK_FACTOR = 2;
const PEAK_OFFSET = 2;

/**
 * New people an hour, people. Appointments are read in one go at eight in the morning, or on Sunday evening: who does so every
 * day is measured by that hour, not by the mean of hours.
 * @param perHour the account's mean a worked hour @param peak mean of its days' busiest hours
 */
export const hourQuota = (policy: QuotaPolicy, perHour: number, peak: number): number =>
  whole(Math.max(policy.hourFactor * (perHour + policy.hourOffset), PEAK_FACTOR * (peak + PEAK_OFFSET)));

/** New people a day, people. @param perDay the account's mean a worked day */
export const dayQuota = (policy: QuotaPolicy, perDay: number): number =>
  whole(policy.dayFactor * (perDay + policy.dayOffset));

/** People left without follow-up in 28 days. @param usual the account's usual count over 28 days */
export const unfollowedQuota = (policy: QuotaPolicy, usual: number): number =>
  whole(policy.unfollowedFactor * (1.4 * usual + policy.unfollowedOffset));
