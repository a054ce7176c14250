import { DAY_QUOTA, DAYS } from '#libs/baseline/schema.ts';
import { newInDay, newInHour, unnamedInDay } from './shown.ts';
import { slotOfDay } from './slots.ts';
import type { PipelineState } from './state.ts';

/** Which quota is used up. */
export const QUOTA_HELD = 0;
export const QUOTA_VOLUME = 1;
export const QUOTA_UNFOLLOWED = 2;

export function quotaReached(state: PipelineState, row: number, minute: number): number {
  const channels = state.channels;
  const inDay = newInDay(state, row, minute);
  if (newInHour(state, row, minute) >= channels.quotaHour[row]! || inDay >= channels.quotaDay[row]!)
    return QUOTA_VOLUME;
  if (unnamedInDay(state, row, minute) >= channels.quotaUnnamed[row]!) return QUOTA_VOLUME;
  return channels.unfollowed[row]! - channels.spent[row]! >= channels.quotaUnfollowed[row]! &&
    state.groups.followed[channels.group[row]!] === 1 &&
    inDay > 0
    ? QUOTA_UNFOLLOWED
    : QUOTA_HELD;
}

/** Days, within ten, on which a quota was used up, from which on it is no busy day any more. */
export const TOO_OFTEN = 4;
const OFTEN_WITHIN_DAYS = 10;

/** Notes that a quota of people was used up on the day of `minute`. */
export function noteQuotaDay({ channels }: PipelineState, row: number, minute: number): void {
  const slot = slotOfDay(row, minute);
  channels.dayFlags[slot] = channels.dayFlags[slot]! | DAY_QUOTA;
}

/** Days of the last ten on which a quota of people was used up, today included. */
export function quotaDays({ channels }: PipelineState, row: number, minute: number): number {
  const today = Math.floor(minute / 1440);
  let days = 0;
  for (let day = today - OFTEN_WITHIN_DAYS + 1; day <= today; day++)
    if ((channels.dayFlags[row * DAYS + (day & (DAYS - 1))]! & DAY_QUOTA) !== 0) days++;
  return days;
}
