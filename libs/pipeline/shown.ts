import { DAYS, HOURS } from '#libs/baseline/schema.ts';
import type { PipelineState } from './state.ts';

/**
 * What a row was shown. New people was shown in an hour and on a day. Rings move with the row's own events, and the clock asks too (cohorts fall
 * due later): in a place that the row has not reached yet stands what happened 32 hours or days before.
 */

/** In the hour of `minute` so far. */
export function newInHour({ channels }: PipelineState, row: number, minute: number): number {
  const hour = Math.floor(minute / 60);
  return hour > channels.hour[row]! ? 0 : channels.hourNew[row * HOURS + (hour & (HOURS - 1))]!;
}

/** Look-ups that named nobody, on the day of `minute` so far. */
export function unnamedInDay({ channels }: PipelineState, row: number, minute: number): number {
  const day = Math.floor(minute / 1440);
  return day > channels.day[row]! ? 0 : channels.dayUnnamed[row * DAYS + (day & (DAYS - 1))]!;
}

/** Notes that an account was shown people's files: for an alert's time, its number of people and their insurers. */
export function countShown(state: PipelineState, row: number, insurer: number, minute: number, people: number): void {
  const channels = state.channels;
  channels.lastLookup[row] = state.recent.add(minute, insurer, people, channels.lastLookup[row]!);
  if (channels.incident[row] === 0) return;
  const incident = state.incidents.get(row)!;
  incident.exposed += people;
  const amc = state.insurers[insurer]!;
  incident.byInsurer.set(amc, (incident.byInsurer.get(amc) ?? 0) + people);
}

/** On the day of `minute` so far. */
export function newInDay({ channels }: PipelineState, row: number, minute: number): number {
  const day = Math.floor(minute / 1440);
  return day > channels.day[row]! ? 0 : channels.dayNew[row * DAYS + (day & (DAYS - 1))]!;
}
