import { DAYS, HOURS } from '#libs/baseline/schema.ts';
import type { PipelineState } from './state.ts';

/** Which quota is used up. */
export const QUOTA_HELD = 0;
const QUOTA_VOLUME = 1;
export const QUOTA_UNFOLLOWED = 2;

export function quotaReached(state: PipelineState, row: number, minute: number): number {
  const channels = state.channels;
  const hour = Math.floor(minute / 60) & (HOURS - 1);
  const day = Math.floor(minute / 1440) & (DAYS - 1);
  if (
    channels.hourNew[row * HOURS + hour]! >= channels.quotaHour[row]! ||
    channels.dayNew[row * DAYS + day]! >= channels.quotaDay[row]!
  ) {
    return QUOTA_VOLUME;
  }
  return channels.unfollowed[row]! - channels.spent[row]! >= channels.quotaUnfollowed[row]! &&
    state.groups.followed[channels.group[row]!] === 1 &&
    channels.dayNew[row * DAYS + day]! > 0
    ? QUOTA_UNFOLLOWED
    : QUOTA_HELD;
}
