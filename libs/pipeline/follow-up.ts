import { BINS, DAYS, HOURS, STREAM_ROOM, TRAIT_DAYS } from '#libs/baseline/schema.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { OUTCOME_FOUND, OUTCOME_SUCCESS } from '#libs/model/codes.ts';
import { S_TERRITORY } from '#libs/model/streams.ts';
import { BIN_JUDGED_AFTER, HOUR_JUDGED_AFTER } from './judge.ts';
import {
  PAIR_AGAIN,
  PAIR_API,
  PAIR_BILLED_FIRST,
  PAIR_COHORT,
  PAIR_FOLLOWED,
  PAIR_LEARNT,
  PAIR_OUTSIDE,
  packPair,
  pairDepartment,
  pairHour,
  pairIsKept,
} from './pair.ts';
import { notePec } from './persons.ts';
import type { PipelineState } from './state.ts';
import { learnArea, learnTerritory, learnVisitors, refundTerritory } from './territory-step.ts';

const DAYS_CREDITED = 9;

/** Takes a bill or a prise en charge: credits the cohort of the person's first look-up, on the channel that made it. */
export function takeFollowUp(state: PipelineState, account: number, event: AccessEvent, minute: number): void {
  if (!event.hasPerson || (event.outcome !== OUTCOME_SUCCESS && event.outcome !== OUTCOME_FOUND)) return;
  const { accounts, pairs, channels } = state;
  const hour = Math.floor(minute / 60);
  notePec(state, event.personLo, event.personHi, Math.floor(minute / 1440));
  const lo = event.personLo ^ accounts.keyLo[account]!;
  const hi = event.personHi ^ accounts.keyHi[account]!;
  if (pairs.insert(lo, hi, pairIsKept, hour)) {
    pairs.slots[pairs.at] = minute | 0;
    pairs.slots[pairs.at + 1] = packPair(hour, event.birthDepartment, PAIR_FOLLOWED | PAIR_BILLED_FIRST);
    return;
  }
  const slots = pairs.slots;
  const at = pairs.at;
  const word = slots[at + 1]!;
  if ((word & PAIR_AGAIN) !== 0) creditKnown(state, account, slots, at, word, hour, minute);
  if ((word & PAIR_FOLLOWED) !== 0) return;
  slots[at + 1] = (word | PAIR_FOLLOWED) & ~PAIR_AGAIN;
  const channel = (word & PAIR_API) !== 0 ? 1 : 0;
  const row = accounts.channelRow[account * 2 + channel]! - 1;
  if (row < 0 || (word & PAIR_COHORT) === 0) return;
  state.groups.followed[channels.group[row]!] = 1;
  if (channels.followedEver[row]! < 65_535) channels.followedEver[row] = channels.followedEver[row]! + 1;
  const looked = slots[at]! >>> 0;
  credit(state, row, looked, minute);
  if ((word & PAIR_LEARNT) === 0) {
    slots[at + 1] = slots[at + 1]! | PAIR_LEARNT;
    const day = row * DAYS + (Math.floor(looked / 1440) & (DAYS - 1));
    learnArea(state, row, pairDepartment(word), channels.dayFollowed9d[day]!);
    learnVisitors(state, row, pairDepartment(word));
    if ((word & PAIR_OUTSIDE) !== 0) refundTerritory(state, row, pairDepartment(word), minute);
    learnTerritory(state, row, pairDepartment(word), channels.nats[row * STREAM_ROOM + S_TERRITORY]!);
  }
}

/** A known person was looked up again and is followed up now: what honest billing looks like, to compare thefts with. */
function creditKnown(
  state: PipelineState,
  account: number,
  slots: Int32Array,
  at: number,
  word: number,
  hour: number,
  minute: number,
): void {
  slots[at + 1] = word & ~PAIR_AGAIN;
  const row = state.accounts.channelRow[account * 2 + ((word & PAIR_API) !== 0 ? 1 : 0)]! - 1;
  if (row < 0) return;
  const looked = hour - ((hour - pairHour(word)) & 0xffff);
  const channels = state.channels;
  if (minute >= (looked + 1) * 60 + HOUR_JUDGED_AFTER || channels.hour[row]! - looked >= HOURS) return;
  const slot = row * HOURS + (looked & (HOURS - 1));
  bump(channels.hourKnownFollowed, slot, channels.hourKnown, slot);
  const day = Math.floor(looked / 24);
  bump(channels.dayKnownFollowed, traitSlot(row, day), channels.dayKnown, row * DAYS + (day & (DAYS - 1)));
}

function credit(state: PipelineState, row: number, looked: number, minute: number): void {
  const channels = state.channels;
  const bin = Math.floor(looked / 10);
  const hour = Math.floor(looked / 60);
  const day = Math.floor(looked / 1440);
  const today = Math.floor(minute / 1440);
  const daySlot = row * DAYS + (day & (DAYS - 1));
  const traits = traitSlot(row, day);
  const held = channels.day[row]! - day < TRAIT_DAYS;
  if (minute < (bin + 1) * 10 + BIN_JUDGED_AFTER && channels.bin[row]! - bin < BINS) {
    const slot = row * BINS + (bin & (BINS - 1));
    bump(channels.binFollowed, slot, channels.binFound, slot);
    if (held) bump(channels.dayFollowed30m, traits, channels.dayFound, daySlot);
  }
  if (minute < (hour + 1) * 60 + HOUR_JUDGED_AFTER && channels.hour[row]! - hour < HOURS) {
    const slot = row * HOURS + (hour & (HOURS - 1));
    bump(channels.hourFollowed, slot, channels.hourFound, slot);
    if (held) bump(channels.dayFollowed3h, traits, channels.dayFound, daySlot);
  }
  if (!held) return;
  if (today <= day + 1) bump(channels.dayFollowed1d, traits, channels.dayFound, daySlot);
  if (today <= day + DAYS_CREDITED) {
    bump(channels.dayFollowed9d, daySlot, channels.dayFound, daySlot);
    if (channels.unfollowed[row]! > 0) channels.unfollowed[row] = channels.unfollowed[row]! - 1;
  }
}

/** One more follow-up, never more than the cohort has people (a re-check pass may have closed part of it). */
function bump(followed: Uint16Array, at: number, found: Uint16Array, foundAt: number): void {
  if (followed[at]! < found[foundAt]!) followed[at] = followed[at]! + 1;
}

const traitSlot = (row: number, day: number): number => row * TRAIT_DAYS + (day & (TRAIT_DAYS - 1));
