import type { PipelineState } from './state.ts';
import { HOURS_A_WEEK } from './state.ts';

/** Worked days a week of an account. */
export const DAYS_A_WEEK = 5.5;
/** Days until each hour of the week has come once, however late on its first day the log begins. */
const FIRST_WEEK_DAYS = 8;

/**
 * Share of a week's work that a row's group does in an hour of the week. In the log's first week hardly any hour has come
 * before: it is taken for what the same hour was on the days so far. (Else only Mondays are known on the first Tuesday, and
 * everybody works at hours at which nobody ever did.)
 */
export function weekShare({ channels, groups, firstDay }: PipelineState, row: number, hour: number): number {
  const start = channels.group[row]! * HOURS_A_WEEK;
  const own = groups.shape[start + (hour % HOURS_A_WEEK)]!;
  const total = groups.shapeTotal[channels.group[row]!]!;
  if (Math.floor(hour / 24) - firstDay >= FIRST_WEEK_DAYS) return own / total;
  let anyDay = 0;
  for (let h = hour % 24; h < HOURS_A_WEEK; h += 24) anyDay += groups.shape[start + h]!;
  return Math.max(own, anyDay / DAYS_A_WEEK) / total;
}
