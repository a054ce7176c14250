import { recomputeGroups } from './groups-step.ts';
import { assess, closeIfQuiet } from './incidents.ts';
import { BIN_JUDGED_AFTER, HOUR_JUDGED_AFTER, judgeBin, judgeHour } from './judge.ts';
import { closeDay } from './learn.ts';
import type { PipelineState } from './state.ts';

/** Rows are closed in the first hour after midnight (UTC), a sixtieth a minute, so that no minute is a long one. */
const SWEEP_MINUTES = 60;
/** A row without events for this long has nothing left to close. */
const IDLE_DAYS = 42;

/**
 * Runs everything that falls due up to `timeMs` (event time): judges cohorts, closes days, recomputes groups. Only event
 * time moves it, so a replay does the same at the same places.
 */
export function advanceClock(state: PipelineState, timeMs: number): void {
  const target = Math.floor(timeMs / 60_000);
  if (state.minute === 0) {
    state.minute = target;
    state.firstDay = Math.floor(target / 1440);
    return;
  }
  while (state.minute < target) {
    state.minute++;
    runMinute(state, state.minute);
  }
}

function runMinute(state: PipelineState, minute: number): void {
  const bins = state.dueBins.get(minute);
  if (bins !== undefined) {
    state.dueBins.delete(minute);
    const bin = (minute - BIN_JUDGED_AFTER) / 10 - 1;
    for (const row of bins) if (judgeBin(state, row, bin)) assess(state, row, minute * 60_000, minute);
  }
  const hours = state.dueHours.get(minute);
  if (hours !== undefined) {
    state.dueHours.delete(minute);
    const hour = (minute - HOUR_JUDGED_AFTER) / 60 - 1;
    for (const row of hours) if (judgeHour(state, row, hour)) assess(state, row, minute * 60_000, minute);
  }
  const minuteOfDay = minute % 1440;
  if (minuteOfDay >= SWEEP_MINUTES) return;
  const today = Math.floor(minute / 1440);
  if (minuteOfDay === 0) recomputeGroups(state);
  const channels = state.channels;
  for (let row = minuteOfDay; row < channels.length; row += SWEEP_MINUTES) {
    if (state.accounts.lastDay[channels.account[row]!]! < today - IDLE_DAYS) continue;
    if (channels.day[row]! < today) closeDay(state, row, today);
    assess(state, row, minute * 60_000, minute);
    closeIfQuiet(state, row, minute * 60_000);
  }
}
