import { coldFactor } from '#libs/baseline/scales.ts';
import { BINS, DAYS, HOUR_ACTIVE, HOURS, STREAM_ROOM } from '#libs/baseline/schema.ts';
import { VOLUME_CLASSES, volumeClass } from '#libs/baseline/volume.ts';
import { accumulate, MAX_NATS, MAX_NATS_A_BIN, rateLogRatio } from '#libs/evidence/index.ts';
import { S_RATE, STREAM_COUNT } from '#libs/model/streams.ts';
import { INCIDENT_SCORED } from './incident.ts';
import { closeDay } from './learn.ts';
import { stepPresence } from './presence.ts';
import type { PipelineState } from './state.ts';
import { HOURS_A_WEEK } from './state.ts';
import { DAYS_A_WEEK, weekShare } from './week-share.ts';

/** Moves a row's rings forward to the event's day, hour and bin; late events find theirs still there. */
export function advanceRow(state: PipelineState, row: number, day: number, hour: number, bin: number): void {
  const channels = state.channels;
  if (bin > channels.bin[row]!) {
    const gone = Math.min(bin - channels.bin[row]!, BINS);
    for (let i = 0; i < gone; i++) {
      const slot = row * BINS + ((bin - i) & (BINS - 1));
      channels.binFound[slot] = 0;
      channels.binFollowed[slot] = 0;
    }
    channels.bin[row] = bin;
  }
  if (hour > channels.hour[row]!) {
    closeHour(state, row);
    const gone = Math.min(hour - channels.hour[row]!, HOURS);
    for (let i = 0; i < gone; i++) {
      const slot = row * HOURS + ((hour - i) & (HOURS - 1));
      channels.hourNew[slot] = 0;
      channels.hourKnown[slot] = 0;
      channels.hourFound[slot] = 0;
      channels.hourFollowed[slot] = 0;
      channels.hourKnownFollowed[slot] = 0;
      channels.hourFlags[slot] = 0;
    }
    channels.hour[row] = hour;
  }
  if (day > channels.day[row]!) closeDay(state, row, day);
  const active = row * HOURS + (hour & (HOURS - 1));
  if ((channels.hourFlags[active]! & HOUR_ACTIVE) === 0 && channels.hour[row]! - hour < HOURS) {
    channels.hourFlags[active] = channels.hourFlags[active]! | HOUR_ACTIVE;
    const daySlot = row * DAYS + (day & (DAYS - 1));
    if (channels.dayHours[daySlot]! < 24) channels.dayHours[daySlot] = channels.dayHours[daySlot]! + 1;
    stepPresence(state, row, hour);
  }
}

/** New people expected in an hour of the week, from the account's own day and its group's rhythm. */
function expectedInHour(state: PipelineState, row: number, hour: number): number {
  const channels = state.channels;
  const perWeek = coldFactor(channels.learntDays[row]!) * channels.perDay[row]! * DAYS_A_WEEK;
  return Math.max(perWeek * weekShare(state, row, hour), 0.02);
}

/** Known people expected in an hour of the week; at odd hours no less than in an average hour of work. */
export function expectedKnown(state: PipelineState, row: number, hour: number): number {
  const perDay = state.channels.knownPerDay[row]!;
  return Math.max(perDay * DAYS_A_WEEK * weekShare(state, row, hour), perDay / HOURS_A_DAY);
}
const HOURS_A_DAY = 10;

/** The rate stream as of now: one step for the hour so far; within the hour a low count is no excuse yet. */
export function updateRate(state: PipelineState, row: number, hour: number, minute: number): void {
  const channels = state.channels;
  const count = channels.hourNew[row * HOURS + (hour & (HOURS - 1))]!;
  const mean = expectedInHour(state, row, hour);
  const at = row * STREAM_ROOM + S_RATE;
  if (count < mean + 2) return;
  const ratio = rateLogRatio(count, mean, state.groups.size[channels.group[row]!]!);
  if (ratio <= 0) return;
  const before = channels.hourNats[at]!;
  if (before < 1 && channels.nats[at]! <= before) channels.riseMinute[at] = Math.min(hour * 60, minute);
  channels.nats[at] = Math.min(accumulate(before, ratio), before + MAX_NATS_A_BIN, MAX_NATS);
  channels.observed[at] = count;
  channels.of[at] = count;
  channels.expected[at] = mean;
}

function closeHour(state: PipelineState, row: number): void {
  const { channels, groups } = state;
  const hour = channels.hour[row]!;
  const slot = row * HOURS + (hour & (HOURS - 1));
  const count = channels.hourNew[slot]!;
  const group = channels.group[row]!;
  const mean = expectedInHour(state, row, hour);
  const rate = row * STREAM_ROOM + S_RATE;
  if (channels.hourFlags[slot] !== 0) {
    const ratio = rateLogRatio(count, mean, groups.size[group]!);
    channels.nats[rate] = Math.min(
      accumulate(channels.hourNats[rate]!, ratio),
      channels.hourNats[rate]! + MAX_NATS_A_BIN,
      MAX_NATS,
    );
    if (channels.incident[row] !== INCIDENT_SCORED) {
      if (count > 0) {
        const size = group * VOLUME_CLASSES + volumeClass(count);
        groups.hourVolumes[size] = groups.hourVolumes[size]! + 1;
      }
      const typical = Math.min(count, 10 * mean + 20);
      groups.sumMeanSquared[group] = groups.sumMeanSquared[group]! + mean * mean;
      groups.sumExcess[group] = groups.sumExcess[group]! + (typical - mean) ** 2 - mean;
      const weight = Math.min(count, 3 * mean + 5) / Math.max(channels.perDay[row]!, 1);
      const how = group * HOURS_A_WEEK + (hour % HOURS_A_WEEK);
      groups.shape[how] = groups.shape[how]! + weight;
      groups.shapeTotal[group] = groups.shapeTotal[group]! + weight;
    }
  }
  const base = row * STREAM_ROOM;
  for (let s = 0; s < STREAM_COUNT; s++) channels.hourNats[base + s] = channels.nats[base + s]!;
}
