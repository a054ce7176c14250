import { assert } from '#libs/base/assert.ts';
import { BINS, DAYS, HOUR_RECHECK, HOURS, STREAM_ROOM, TRAIT_DAYS } from '#libs/baseline/schema.ts';
import {
  T_KNOWN_WITHOUT,
  T_WITHOUT_1D,
  T_WITHOUT_3H,
  T_WITHOUT_9D,
  T_WITHOUT_30M,
  TRAIT_COUNT,
} from '#libs/baseline/traits.ts';
import { accumulate, cohortLogRatio, MAX_NATS, MAX_NATS_A_BIN, REST_NATS } from '#libs/evidence/index.ts';
import { S_FOLLOW_1D, S_FOLLOW_3H, S_FOLLOW_9D, S_FOLLOW_30M } from '#libs/model/streams.ts';
import { notePortalBilling } from './portal-billing.ts';
import type { PipelineState } from './state.ts';

/** Minutes after a bin's or an hour's end at which its cohort is judged: the horizon and a little for a late log. */
export const BIN_JUDGED_AFTER = 32;
export const HOUR_JUDGED_AFTER = 185;

/** Judges the ten-minute cohort that began at `bin` (number of ten minutes since the epoch). True if evidence moved. */
export function judgeBin(state: PipelineState, row: number, bin: number): boolean {
  const channels = state.channels;
  if (channels.bin[row]! - bin >= BINS) return false;
  const slot = row * BINS + (bin & (BINS - 1));
  return judge(
    state,
    row,
    S_FOLLOW_30M,
    T_WITHOUT_30M,
    channels.binFound[slot]!,
    channels.binFollowed[slot]!,
    bin * 10,
  );
}

/** Judges the cohort of one hour. True if evidence moved. */
export function judgeHour(state: PipelineState, row: number, hour: number): boolean {
  const channels = state.channels;
  if (channels.hour[row]! - hour >= HOURS) return false;
  const slot = row * HOURS + (hour & (HOURS - 1));
  if ((channels.hourFlags[slot]! & HOUR_RECHECK) !== 0) return false;
  notePortalBilling(
    state,
    hour,
    channels.hourFound[slot]!,
    channels.hourFollowed[slot]!,
    channels.p0[row * TRAIT_COUNT + T_WITHOUT_3H]!,
  );
  judgeKnown(state, row, channels.hourKnown[slot]!, channels.hourKnownFollowed[slot]!);
  return judge(
    state,
    row,
    S_FOLLOW_3H,
    T_WITHOUT_3H,
    channels.hourFound[slot]!,
    channels.hourFollowed[slot]!,
    hour * 60,
  );
}

/** Judges the day cohorts whose horizons ended between the row's last day and today. */
export function judgeDays(state: PipelineState, row: number, last: number, today: number): void {
  const channels = state.channels;
  for (let day = last - DAYS + 1; day <= last; day++) {
    const slot = row * DAYS + (day & (DAYS - 1));
    const found = channels.dayFound[slot]!;
    if (found === 0) continue;
    // Whoever does not work on the next day bills on the one after: Saturday's people are no case for Monday morning.
    if (day > last - 2 && day <= today - 2 && workedAfter(state, row, day)) {
      judge(
        state,
        row,
        S_FOLLOW_1D,
        T_WITHOUT_1D,
        found,
        channels.dayFollowed1d[row * TRAIT_DAYS + (day & (TRAIT_DAYS - 1))]!,
        day * 1440,
      );
    }
    if (day > last - 10 && day <= today - 10) {
      judge(state, row, S_FOLLOW_9D, T_WITHOUT_9D, found, channels.dayFollowed9d[slot]!, day * 1440);
    }
  }
}

/** Whether the account worked on the day after. */
export const workedAfter = (state: PipelineState, row: number, day: number): boolean =>
  day < state.channels.day[row]! && state.channels.dayHours[row * DAYS + ((day + 1) & (DAYS - 1))]! > 0;

/** Whether the people the account knows are followed up as usual: if they are not either, billing goes another way. */
function judgeKnown(state: PipelineState, row: number, known: number, followed: number): void {
  if (known === 0) return;
  const channels = state.channels;
  const ratio = cohortLogRatio(known, known - followed, channels.p0[row * TRAIT_COUNT + T_KNOWN_WITHOUT]!);
  channels.switchNats[row] = Math.min(accumulate(channels.switchNats[row]!, ratio), MAX_NATS);
}

function judge(
  state: PipelineState,
  row: number,
  stream: number,
  trait: number,
  found: number,
  followed: number,
  startMinute: number,
): boolean {
  assert(followed <= found, 'a cohort has more follow-ups than look-ups');
  const channels = state.channels;
  if (found === 0 || state.groups.followed[channels.group[row]!] === 0) return false;
  const profession = state.accounts.profession[channels.account[row]!]!;
  if (stream - S_FOLLOW_30M < state.policy.followUpFrom[profession]!) return false;
  const p0 = channels.p0[row * TRAIT_COUNT + trait]!;
  const ratio = cohortLogRatio(found, found - followed, p0);
  const at = row * STREAM_ROOM + stream;
  if (ratio === 0) {
    // The account follows up so seldom that its absence says nothing, and what was gathered before it was known neither.
    channels.nats[at] = 0;
    return false;
  }
  const before = channels.nats[at]!;
  if (before < REST_NATS) {
    channels.riseMinute[at] = startMinute;
    channels.observed[at] = 0;
    channels.of[at] = 0;
    channels.expected[at] = 0;
  }
  channels.nats[at] = Math.min(accumulate(before, ratio), before + MAX_NATS_A_BIN, MAX_NATS);
  channels.observed[at] = Math.min(65_535, channels.observed[at]! + found - followed);
  channels.of[at] = Math.min(65_535, channels.of[at]! + found);
  channels.expected[at] = channels.expected[at]! + found * p0;
  return true;
}
