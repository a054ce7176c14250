import { DAYS, HOURS, TRAIT_DAYS } from '#libs/baseline/schema.ts';
import type { PipelineState } from './state.ts';

/** Places in a row's rings, counts that never pass their end in silence, and the list of what falls due. */

/** @param minute any minute of the day */
export const slotOfDay = (row: number, minute: number): number => row * DAYS + (Math.floor(minute / 1440) & (DAYS - 1));
/** @param minute any minute of the day */
export const slotOfTrait = (row: number, minute: number): number =>
  row * TRAIT_DAYS + (Math.floor(minute / 1440) & (TRAIT_DAYS - 1));
export const slotOfHour = (row: number, hour: number): number => row * HOURS + (hour & (HOURS - 1));

/** Adds to a 16-bit count; at the end of its range it stays there and the saturation is counted. */
export function increment(state: PipelineState, counts: Uint16Array, slot: number, by = 1): void {
  const next = counts[slot]! + by;
  if (next > 65_535) state.counters.saturated++;
  counts[slot] = Math.min(next, 65_535);
}

/** Has a row judged at `minute`. A late event's cohort whose time has passed is not judged a second time. */
export function schedule(state: PipelineState, due: Map<number, number[]>, minute: number, row: number): void {
  if (minute <= state.minute) return;
  const rows = due.get(minute);
  if (rows === undefined) due.set(minute, [row]);
  else rows.push(row);
}
