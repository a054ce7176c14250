import { DAY_RECHECK, DAY_SUSPECT, DAY_TOLD, DAYS, HOUR_RECHECK, STREAM_ROOM } from '#libs/baseline/schema.ts';
import { isNotableRecheck, isRecheckHour, recheckDaysGranted } from '#libs/decide/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import {
  S_ADJACENCY,
  S_CADENCE,
  S_CLOSED_CONTRACT,
  S_MISS,
  S_MISS_SOURCE,
  S_NO_PEC,
  S_OTHER_INSURER,
  S_RATE,
  S_SORTED_ORDER,
  S_TERRITORY,
  S_TERRITORY_SOURCE,
  S_UNSEEN,
} from '#libs/model/streams.ts';
import { reportRecheck } from './incidents.ts';
import { HOUR_JUDGED_AFTER } from './judge.ts';
import { PAIR_AGAIN, pairHour, withHour } from './pair.ts';
import { seePersonAgain } from './persons.ts';
import { expectedKnown } from './rows.ts';
import { increment, schedule, slotOfDay, slotOfHour, slotOfTrait } from './slots.ts';
import type { PipelineState } from './state.ts';

/** Look-ups of people whom the account knows, and the re-check of all of them that an hour may turn out to be. */

/** Known since at least this long to count in a re-check. */
const PANEL_MINUTES = 1440;
/** Accounts younger than this have no panel to re-check. */
const RECHECK_LEARNT_DAYS = 5;

/** A person the account knows: no evidence, but many of them in an hour mean a re-check. */
export function takeKnown(
  state: PipelineState,
  row: number,
  event: AccessEvent,
  slots: Int32Array,
  at: number,
  hour: number,
  minute: number,
): void {
  const word = slots[at + 1]!;
  if (pairHour(word) === (hour & 0xffff)) return;
  slots[at + 1] = withHour(word, hour) | PAIR_AGAIN;
  seePersonAgain(state, event.personLo, event.personHi, Math.floor(minute / 1440));
  if (minute - (slots[at]! >>> 0) < PANEL_MINUTES) {
    slots[at + 1] = withHour(word, hour);
    return;
  }
  const channels = state.channels;
  const hourSlot = slotOfHour(row, hour);
  increment(state, channels.dayKnown, slotOfDay(row, minute));
  if (channels.hourKnown[hourSlot] === 0 && channels.hourFound[hourSlot] === 0) {
    schedule(state, state.dueHours, (hour + 1) * 60 + HOUR_JUDGED_AFTER, row);
  }
  increment(state, channels.hourKnown, hourSlot);
  if (
    (channels.hourFlags[hourSlot]! & HOUR_RECHECK) === 0 &&
    learntOnAnyChannel(state, row) >= RECHECK_LEARNT_DAYS &&
    isRecheckHour(channels.hourKnown[hourSlot]!, channels.hourNew[hourSlot]!, expectedKnown(state, row, hour)) &&
    passGranted(state, row, minute, recheckDaysGranted(channels.hourKnown[hourSlot]!, channels.hourNew[hourSlot]!))
  ) {
    grantPass(state, row, hour, minute);
  }
  const daySlot = slotOfDay(row, minute);
  if (
    (channels.dayFlags[daySlot]! & (DAY_RECHECK | DAY_TOLD)) === DAY_RECHECK &&
    isNotableRecheck(channels.hourKnown[hourSlot]!, expectedKnown(state, row, hour))
  ) {
    channels.dayFlags[daySlot] = channels.dayFlags[daySlot]! | DAY_TOLD;
    reportRecheck(state, row, event.timeMs, expectedKnown(state, row, hour));
  }
}

/** A practice may re-check by its program the people it knows from the pages. */
function learntOnAnyChannel(state: PipelineState, row: number): number {
  const { channels, accounts } = state;
  const account = channels.account[row]!;
  const other = accounts.channelRow[account * 2 + (channels.channel[row] === 0 ? 1 : 0)]!;
  return Math.max(channels.learntDays[row]!, other === 0 ? 0 : channels.learntDays[other - 1]!);
}

/** Whether the hour has been recognised as a re-check: what it brings moves no stream. */
export const isPassed = (state: PipelineState, row: number, hour: number): boolean =>
  (state.channels.hourFlags[slotOfHour(row, hour)]! & HOUR_RECHECK) !== 0;

function passGranted(state: PipelineState, row: number, minute: number, granted: number): boolean {
  const channels = state.channels;
  const today = Math.floor(minute / 1440);
  let days = 0;
  for (let day = today - 27; day < today; day++) {
    if ((channels.dayFlags[row * DAYS + (day & (DAYS - 1))]! & DAY_RECHECK) !== 0) days++;
  }
  return days < granted;
}

/** Streams of who is looked up and how many: what a re-check does to them is put aside. */
const PUT_ASIDE = [
  S_TERRITORY,
  S_TERRITORY_SOURCE,
  S_MISS,
  S_MISS_SOURCE,
  S_ADJACENCY,
  S_UNSEEN,
  S_RATE,
  S_CLOSED_CONTRACT,
  S_OTHER_INSURER,
  S_NO_PEC,
  S_CADENCE,
  S_SORTED_ORDER,
];

/** Puts the hour's evidence and cohort aside; the quotas stay. */
function grantPass(state: PipelineState, row: number, hour: number, minute: number): void {
  const channels = state.channels;
  const hourSlot = slotOfHour(row, hour);
  const daySlot = slotOfDay(row, minute);
  channels.hourFlags[hourSlot] = channels.hourFlags[hourSlot]! | HOUR_RECHECK;
  channels.dayFlags[daySlot] = channels.dayFlags[daySlot]! | DAY_RECHECK | DAY_SUSPECT;
  for (const stream of PUT_ASIDE) {
    const at = row * STREAM_ROOM + stream;
    channels.nats[at] = channels.hourNats[at]!;
  }
  const traitSlot = slotOfTrait(row, minute);
  // Followed-up members stay: a cohort never has more follow-ups than people.
  const waiting = channels.hourFound[hourSlot]! - channels.hourFollowed[hourSlot]!;
  channels.dayFound[daySlot] = Math.max(
    channels.dayFound[daySlot]! - waiting,
    channels.dayFollowed30m[traitSlot]!,
    channels.dayFollowed3h[traitSlot]!,
    channels.dayFollowed1d[traitSlot]!,
    channels.dayFollowed9d[daySlot]!,
  );
  channels.hourFound[hourSlot] = channels.hourFollowed[hourSlot]!;
}
