import { DAYS, HOURS } from '#libs/baseline/schema.ts';
import type { PipelineState } from './state.ts';

/**
 * New people a row was shown in an hour and on a day. Rings move with the row's own events, and the clock asks too (cohorts fall
 * due later): in a place that the row has not reached yet stands what happened 32 hours or days before.
 */

/** In the hour of `minute` so far. */
export function newInHour({ channels }: PipelineState, row: number, minute: number): number {
  const hour = Math.floor(minute / 60);
  return hour > channels.hour[row]! ? 0 : channels.hourNew[row * HOURS + (hour & (HOURS - 1))]!;
}

/** On the day of `minute` so far. */
export function newInDay({ channels }: PipelineState, row: number, minute: number): number {
  const day = Math.floor(minute / 1440);
  return day > channels.day[row]! ? 0 : channels.dayNew[row * DAYS + (day & (DAYS - 1))]!;
}
