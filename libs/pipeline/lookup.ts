import { BINS, NEIGHBOURS, STREAM_ROOM } from '#libs/baseline/schema.ts';
import { NEVER_BILLS, T_MISS, T_UNSEEN, T_WITHOUT_9D, TRAIT_COUNT } from '#libs/baseline/traits.ts';
import {
  ADJACENCY_ATTACK,
  ADJACENCY_NULL,
  bernoulliLogRatio,
  COMMONNESS_CLASSES,
  commonnessClass,
  MISS_ATTACK,
  MISS_FLOOR,
  unseenLogRatio,
} from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import {
  ACTION_EXPORT,
  NIR_KEY_INVALID,
  NIR_KEY_VALID,
  OUTCOME_DENIED,
  OUTCOME_ERROR,
  OUTCOME_NOT_FOUND,
} from '#libs/model/codes.ts';
import { S_ADJACENCY, S_MISS, S_MISS_SOURCE, S_TERRITORY, S_UNSEEN } from '#libs/model/streams.ts';
import { observe, observeHit } from './evidence-step.ts';
import { isUsualExport } from './first-export.ts';
import { insurerNumber } from './insurers.ts';
import { BIN_JUDGED_AFTER, HOUR_JUDGED_AFTER } from './judge.ts';
import { isPassed, takeKnown } from './known-people.ts';
import {
  PAIR_API,
  PAIR_BILLED_FIRST,
  PAIR_COHORT,
  PAIR_LEARNT,
  PAIR_MISS,
  PAIR_OUTSIDE,
  packPair,
  pairIsKept,
} from './pair.ts';
import { commonness, meetPerson, seenBy } from './persons.ts';
import { notePortalInsurer } from './portal-insurers.ts';
import { notePortalMiss, portalMissShare } from './portal-misses.ts';
import { updateRate } from './rows.ts';
import { countShown } from './shown.ts';
import { signalMiss } from './signals.ts';
import { increment, schedule, slotOfDay, slotOfHour, slotOfTrait } from './slots.ts';
import { stepSortedOrder } from './sorted-order.ts';
import { stepCadence, stepContract, stepHoneytoken, stepIdentities, stepInsurer, stepPec } from './special-streams.ts';
import type { PipelineState } from './state.ts';
import { learnArea, learnTerritory, stepTerritory } from './territory-step.ts';
import { forgiveSlips, noteSlip } from './typing.ts';
import { takeUnnamed } from './unnamed.ts';

const ADJACENT_HIT = bernoulliLogRatio(true, ADJACENCY_NULL, ADJACENCY_ATTACK);
const ADJACENT_MISS = bernoulliLogRatio(false, ADJACENCY_NULL, ADJACENCY_ATTACK);
/** A person billed before any look-up counts as known only after this long, so that forged bills do not whitewash. */
const BILLED_FIRST_MINUTES = 7 * 1440;
const UNSEEN_SILENT_ABOVE = 0.95;
/** People a day with which one account speaks for its group's share of unseen ones. */
const UNSEEN_VOICES = 20;

/** Takes one look-up: who it shows, whether that is new to the account, and what it says. True if evidence may have moved. */
export function takeLookup(
  state: PipelineState,
  row: number,
  event: AccessEvent,
  minute: number,
  newSource: boolean,
): boolean {
  const outcome = event.outcome;
  if (outcome === OUTCOME_ERROR) return false;
  const missed = outcome === OUTCOME_NOT_FOUND || outcome === OUTCOME_DENIED;
  const rows = event.action === ACTION_EXPORT ? Math.max(1, Math.floor(event.rows)) : 1;
  if (!event.hasPerson) {
    state.counters.anonymous++;
    if (event.action !== ACTION_EXPORT) {
      takeUnnamed(state, row, event, minute);
      return true;
    }
    if (missed) return false;
    const count = isUsualExport(state, row, event, minute) ? countShown : countExposed;
    count(state, row, insurerNumber(state, event), minute, rows);
    return true;
  }
  const channels = state.channels;
  const hour = Math.floor(minute / 60);
  const account = channels.account[row]!;
  const accounts = state.accounts;
  const planted = stepHoneytoken(state, row, event, minute);
  const moved = stepIdentities(state, row, event, minute) || planted;
  const pairs = state.pairs;
  const pairLo = event.personLo ^ accounts.keyLo[account]!;
  const pairHi = event.personHi ^ accounts.keyHi[account]!;
  const isNew = pairs.insert(pairLo, pairHi, pairIsKept, hour);
  const slots = pairs.slots;
  const at = pairs.at;
  const word = isNew ? 0 : slots[at + 1]!;
  const billedOnly = (word & PAIR_BILLED_FIRST) !== 0 && minute - (slots[at]! >>> 0) < BILLED_FIRST_MINUTES;
  const foundAtLast = !missed && (word & PAIR_MISS) !== 0;
  if (!isNew && !billedOnly && !foundAtLast) {
    // A known person whose rights have ended is known all the same; an unknown number tried again is nothing new.
    if ((word & PAIR_MISS) === 0) takeKnown(state, row, event, slots, at, hour, minute);
    return moved;
  }

  const flags = (missed ? PAIR_MISS : 0) | (event.channel === 1 ? PAIR_API : 0);
  slots[at] = minute | 0;
  slots[at + 1] = packPair(hour, event.birthDepartment, flags);
  if (missed) {
    takeMiss(state, row, event, minute, newSource);
    return true;
  }
  const dayNow = Math.floor(minute / 1440);
  const person = meetPerson(state, event.personLo, event.personHi, dayNow);
  const seen = seenBy(person);
  const unseen = seen === 0;
  const insurer = insurerNumber(state, event);

  const passed = isPassed(state, row, hour);
  const daySlot = slotOfDay(row, minute);
  const traitSlot = slotOfTrait(row, minute);
  if (!passed) {
    slots[at + 1] = slots[at + 1]! | PAIR_COHORT;
    openCohorts(state, row, minute);
    increment(state, channels.dayFound, daySlot);
    channels.unfollowed[row] = channels.unfollowed[row]! + 1;
    const p0 = row * TRAIT_COUNT;
    // Unless the account never bills, a birth department is learnt when the person is followed up, not before.
    if (event.birthDepartment !== 0) {
      const nats = channels.nats[row * STREAM_ROOM + S_TERRITORY]!;
      if (stepTerritory(state, row, event.birthDepartment, birthOf(event), minute, newSource)) {
        increment(state, channels.dayOutside, traitSlot);
        slots[at + 1] = slots[at + 1]! | PAIR_OUTSIDE;
      }
      if (channels.p0[p0 + T_WITHOUT_9D]! >= NEVER_BILLS || state.groups.followed[channels.group[row]!] === 0) {
        slots[at + 1] = slots[at + 1]! | PAIR_LEARNT;
        learnTerritory(state, row, event.birthDepartment, nats);
        if (nats < 4) learnArea(state, row, event.birthDepartment, channels.dayFound[daySlot]!);
      }
    }
    forgiveSlips(state, row, event, minute);
    observeMiss(state, row, false, minute, newSource);
    stepAdjacency(state, row, event, minute, false);
    stepSortedOrder(state, row, event, minute);
    stepCadence(state, row, event, minute);
    stepContract(state, row, event, minute);
    stepInsurer(state, row, insurer, channels.dayFound[daySlot]!, minute);
    notePortalInsurer(state, row, insurer, channels.dayFound[daySlot]!, newSource, minute);
    stepPec(state, row, person, minute);
    const unseenP0 = channels.p0[p0 + T_UNSEEN]!;
    if (unseen) increment(state, channels.dayUnseen, traitSlot);
    if (channels.dayFound[daySlot]! <= UNSEEN_VOICES) {
      const group = channels.group[row]!;
      state.groups.unseenN[group] = state.groups.unseenN[group]! + 1;
      if (unseen) {
        state.groups.unseenX[group] = state.groups.unseenX[group]! + 1;
      } else {
        const at = group * COMMONNESS_CLASSES + commonnessClass(seen);
        state.groups.commonness[at] = state.groups.commonness[at]! + 1;
      }
    }
    const common = unseen ? 0 : commonness(state, channels.group[row]!, seen);
    // Where nearly everybody new is unseen anyway, one more says nothing, but very many would add up to something.
    if (unseenP0 <= UNSEEN_SILENT_ABOVE) {
      observe(state, row, S_UNSEEN, unseenLogRatio(unseen, unseenP0) + common, unseen, unseenP0, minute);
    }
  }
  countExposed(state, row, insurer, minute, rows);
  if (!passed) updateRate(state, row, hour, minute);
  return true;
}

/** Month of birth in the NIR, year x 12 + month; -1 where there is none. Months beyond twelve are conventions of the register. */
const birthOf = (event: AccessEvent): number =>
  event.nirPrefix < 0 || event.nirYear < 0
    ? -1
    : event.nirYear * 12 + ((Math.floor(event.nirPrefix / 100_000) % 100) % 12);

function takeMiss(state: PipelineState, row: number, event: AccessEvent, minute: number, newSource: boolean): void {
  const channels = state.channels;
  if (isPassed(state, row, Math.floor(minute / 60))) return;
  increment(state, channels.dayMiss, slotOfTrait(row, minute));
  noteSlip(state, row, event, minute, observeMiss(state, row, true, minute, newSource));
  stepAdjacency(state, row, event, minute, true);
  signalMiss(state, channels.account[row]!, event);
  stepCadence(state, row, event, minute);
}

/** Weighs whether a new identity was found; returns what a miss brought, nats. */
function observeMiss(state: PipelineState, row: number, missed: boolean, minute: number, newSource: boolean): number {
  notePortalMiss(state, row, missed, minute);
  const p0 = Math.max(state.channels.p0[row * TRAIT_COUNT + T_MISS]!, MISS_FLOOR, portalMissShare(state));
  if (p0 >= MISS_ATTACK) return 0;
  observeHit(state, row, S_MISS, missed, p0, MISS_ATTACK, minute);
  if (newSource) observeHit(state, row, S_MISS_SOURCE, missed, p0, MISS_ATTACK, minute);
  return missed ? bernoulliLogRatio(true, p0, MISS_ATTACK) : 0;
}

/** A person's file was shown to this account for the first time: the counts that quotas and exposure are made of. */
function countExposed(state: PipelineState, row: number, insurer: number, minute: number, people: number): void {
  const channels = state.channels;
  const hourSlot = slotOfHour(row, Math.floor(minute / 60));
  const traitSlot = slotOfTrait(row, minute);
  increment(state, channels.dayNew, slotOfDay(row, minute), people);
  increment(state, channels.hourNew, hourSlot, people);
  channels.dayPeak[traitSlot] = Math.max(channels.dayPeak[traitSlot]!, channels.hourNew[hourSlot]!);
  countShown(state, row, insurer, minute, people);
}

/** Opens the cohorts this person stands in and schedules their judgement. */
function openCohorts(state: PipelineState, row: number, minute: number): void {
  const channels = state.channels;
  const bin = Math.floor(minute / 10);
  const hour = Math.floor(minute / 60);
  if (channels.bin[row]! - bin < BINS) {
    const slot = row * BINS + (bin & (BINS - 1));
    if (channels.binFound[slot] === 0) schedule(state, state.dueBins, (bin + 1) * 10 + BIN_JUDGED_AFTER, row);
    increment(state, channels.binFound, slot);
  }
  const slot = slotOfHour(row, hour);
  if (channels.hourFound[slot] === 0 && channels.hourKnown[slot] === 0)
    schedule(state, state.dueHours, (hour + 1) * 60 + HOUR_JUDGED_AFTER, row);
  increment(state, channels.hourFound, slot);
}

/** Whether one of the last people stands in the same month's register of births. */
function stepAdjacency(state: PipelineState, row: number, event: AccessEvent, minute: number, missed: boolean): void {
  // A wrong key is a slip of the finger, whose neighbour is the number that was meant; so may be a miss without a key.
  if (event.nirPrefix < 0 || event.nirKey === NIR_KEY_INVALID || (missed && event.nirKey !== NIR_KEY_VALID)) return;
  const channels = state.channels;
  const base = row * NEIGHBOURS;
  // Ten digits fold into 31 bits with few collisions. Only people of the same outcome are neighbours: in a sweep hits
  // follow hits and misses follow misses all the time.
  const prefix = ((event.nirPrefix % 2_147_483_647) << 1) | (missed ? 1 : 0) || 2;
  let neighbour = false;
  for (let i = base; i < base + NEIGHBOURS; i++) if (channels.neighbour[i] === prefix) neighbour = true;
  observe(state, row, S_ADJACENCY, neighbour ? ADJACENT_HIT : ADJACENT_MISS, neighbour, ADJACENCY_NULL, minute);
  channels.neighbour[base + channels.neighbourAt[row]!] = prefix;
  channels.neighbourAt[row] = (channels.neighbourAt[row]! + 1) & (NEIGHBOURS - 1);
}
