import { DAYS, HOUR_ACTIVE, HOURS, TRAIT_DAYS } from '#libs/baseline/schema.ts';
import { T_OFF_HOURS, TRAIT_COUNT } from '#libs/baseline/traits.ts';
import {
  bernoulliLogRatio,
  CLOSED_HOURS_ATTACK,
  CLOSED_SHARE,
  OVERTIME_HOURS,
  SLEEPLESS_NATS,
  WAKING_HOURS,
} from '#libs/evidence/index.ts';
import { S_CLOSED_HOURS, S_ROUND_THE_CLOCK } from '#libs/model/streams.ts';
import { observe } from './evidence-step.ts';
import type { PipelineState } from './state.ts';
import { HOURS_A_WEEK } from './state.ts';
import { weekShare } from './week-share.ts';

/** One more hour in which the account was at work: judged once, whatever was done in it. */
export function stepPresence(state: PipelineState, row: number, hour: number): void {
  const { channels } = state;
  const closed = weekShare(state, row, hour) * HOURS_A_WEEK < CLOSED_SHARE;
  const day = Math.floor(hour / 24);
  const slot = row * TRAIT_DAYS + (day & (TRAIT_DAYS - 1));
  // A night on duty is one fact, however many hours it has: a day speaks with its first hour and its first closed one.
  const first = channels.dayHours[row * DAYS + (day & (DAYS - 1))] === 1;
  const firstClosed = closed && channels.dayOffHours[slot] === 0;
  if (firstClosed) channels.dayOffHours[slot] = 1;
  const p0 = channels.p0[row * TRAIT_COUNT + T_OFF_HOURS]!;
  if ((firstClosed || (first && !closed)) && p0 < CLOSED_HOURS_ATTACK) {
    const ratio = bernoulliLogRatio(closed, p0, CLOSED_HOURS_ATTACK);
    observe(state, row, S_CLOSED_HOURS, ratio, closed, p0, hour * 60);
  }
  let active = 0;
  for (let back = 0; back < 24; back++) {
    if ((channels.hourFlags[row * HOURS + ((hour - back) & (HOURS - 1))]! & HOUR_ACTIVE) !== 0) active++;
  }
  const usualHours = channels.perDay[row]! / Math.max(channels.perHour[row]!, 1e-6);
  const sleepless = active > Math.max(WAKING_HOURS, usualHours + OVERTIME_HOURS);
  observe(state, row, S_ROUND_THE_CLOCK, sleepless ? SLEEPLESS_NATS : -SLEEPLESS_NATS, sleepless, 0, hour * 60);
}
