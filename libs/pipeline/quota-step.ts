import { newInDay, newInHour, unnamedInDay } from './shown.ts';
import type { PipelineState } from './state.ts';

/** Which quota is used up. */
export const QUOTA_HELD = 0;
const QUOTA_VOLUME = 1;
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
