import {
  coldFactor,
  heldTo,
  knownPerDay,
  limitedGrowth,
  newPerDay,
  newPerHour,
  nextAnchor,
  winsorised,
} from '#libs/baseline/scales.ts';
import { DAY_LEARNT, DAY_SUSPECT, DAYS, STREAM_ROOM, TRAIT_DAYS } from '#libs/baseline/schema.ts';
import {
  T_CLOSED_CONTRACT,
  T_KNOWN_WITHOUT,
  T_MISS,
  T_NO_PEC,
  T_OFF_HOURS,
  T_OTHER_INSURER,
  T_OUTSIDE,
  T_REGULAR,
  T_UNSEEN,
  T_WITHOUT_1D,
  T_WITHOUT_3H,
  T_WITHOUT_9D,
  T_WITHOUT_30M,
  TRAIT_COUNT,
  upperProbability,
} from '#libs/baseline/traits.ts';
import { usualMaximum, VOLUME_CLASSES, volumeClass } from '#libs/baseline/volume.ts';
import { dayQuota, hourQuota, sizeAllowance, unfollowedQuota } from '#libs/decide/index.ts';
import { DAY_CEILING_NATS, STREAMS } from '#libs/evidence/index.ts';
import { STREAM_COUNT } from '#libs/model/streams.ts';
import { INCIDENT_SCORED } from './incident.ts';
import { judgeDays, workedAfter } from './judge.ts';
import { LEARNING_LAG_DAYS } from './limits.ts';
import type { PipelineState } from './state.ts';

/** Lag before a day is learnt: seven days; half the installation's age while it is younger than two weeks. */
export function learningLag(state: PipelineState, today: number): number {
  return Math.min(LEARNING_LAG_DAYS, Math.floor((today - state.firstDay) / 2) + 1);
}

/**
 * Moves a row from its day to `today`: judges the cohorts whose horizon ended, learns the days that are old enough,
 * lets evidence decay, opens empty days. Detect first, learn afterwards: nothing here uses today's events.
 */
export function closeDay(state: PipelineState, row: number, today: number): void {
  const channels = state.channels;
  const last = channels.day[row]!;
  judgeDays(state, row, last, today);
  noteVolume(state, row, last);
  decay(state, row, today - last);
  learnDays(state, row, last, today);
  clearDays(state, row, last, today);
  channels.day[row] = today;
  channels.refunds[row] = 0;
  applyTraits(state, row);
  applyScales(state, row);
}

function clearDays(state: PipelineState, row: number, last: number, today: number): void {
  const channels = state.channels;
  for (let day = today - Math.min(today - last, DAYS) + 1; day <= today; day++) {
    const slot = row * DAYS + (day & (DAYS - 1));
    channels.dayNew[slot] = 0;
    channels.dayFound[slot] = 0;
    channels.dayUnnamed[slot] = 0;
    channels.dayFollowed9d[slot] = 0;
    channels.dayKnown[slot] = 0;
    channels.dayHours[slot] = 0;
    channels.dayFlags[slot] = 0;
  }
  for (let day = today - Math.min(today - last, TRAIT_DAYS) + 1; day <= today; day++) {
    const slot = row * TRAIT_DAYS + (day & (TRAIT_DAYS - 1));
    channels.dayFollowed30m[slot] = 0;
    channels.dayFollowed3h[slot] = 0;
    channels.dayFollowed1d[slot] = 0;
    channels.dayMiss[slot] = 0;
    channels.dayPeak[slot] = 0;
    channels.dayUnseen[slot] = 0;
    channels.dayOutside[slot] = 0;
    channels.dayKnownFollowed[slot] = 0;
    channels.dayClosed[slot] = 0;
    channels.dayInsured[slot] = 0;
    channels.dayElsewhere[slot] = 0;
    channels.dayNoPec[slot] = 0;
    channels.dayRegular[slot] = 0;
    channels.dayOffHours[slot] = 0;
  }
}

function noteVolume(state: PipelineState, row: number, day: number): void {
  const { channels, groups } = state;
  const count = channels.dayNew[row * DAYS + (day & (DAYS - 1))]!;
  if (count === 0 || channels.incident[row] === INCIDENT_SCORED) return;
  const size = channels.group[row]! * VOLUME_CLASSES + volumeClass(count);
  groups.dayVolumes[size] = groups.dayVolumes[size]! + 1;
}

/** Nats a day: as slow as the streams it explains. */
const SWITCH_DECAY = 0.5;

function decay(state: PipelineState, row: number, days: number): void {
  const channels = state.channels;
  channels.switchNats[row] = Math.max(0, channels.switchNats[row]! - SWITCH_DECAY * days);
  for (let s = 0; s < STREAM_COUNT; s++) {
    const at = row * STREAM_ROOM + s;
    const nats = channels.nats[at]!;
    if (nats === 0) continue;
    channels.nats[at] = Math.max(0, Math.min(nats, DAY_CEILING_NATS) - STREAMS[s]!.decayPerDay * days);
    channels.hourNats[at] = channels.nats[at]!;
  }
}

/** Folds the days that have come of age since the row was last closed into traits; scales are read from the ring. */
function learnDays(state: PipelineState, row: number, last: number, today: number): void {
  const channels = state.channels;
  const lag = learningLag(state, today);
  for (let day = today - TRAIT_DAYS + 1; day <= Math.min(last, today - lag); day++) {
    const slot = row * DAYS + (day & (DAYS - 1));
    const flags = channels.dayFlags[slot]!;
    if ((flags & (DAY_LEARNT | DAY_SUSPECT)) !== 0 || channels.dayHours[slot] === 0) continue;
    channels.dayFlags[slot] = flags | DAY_LEARNT;
    const found = channels.dayFound[slot]!;
    const t = row * TRAIT_DAYS + (day & (TRAIT_DAYS - 1));
    const misses = channels.dayMiss[t]!;
    learnTrait(state, row, T_MISS, found + misses, misses);
    learnTrait(state, row, T_UNSEEN, found, channels.dayUnseen[t]!);
    learnTrait(state, row, T_OUTSIDE, found, channels.dayOutside[t]!);
    learnTrait(state, row, T_WITHOUT_30M, found, found - channels.dayFollowed30m[t]!);
    learnTrait(state, row, T_WITHOUT_3H, found, found - channels.dayFollowed3h[t]!);
    if (day <= today - 2 && workedAfter(state, row, day))
      learnTrait(state, row, T_WITHOUT_1D, found, found - channels.dayFollowed1d[t]!);
    learnTrait(state, row, T_WITHOUT_9D, found, found - channels.dayFollowed9d[slot]!);
    const known = channels.dayKnown[slot]!;
    learnTrait(state, row, T_KNOWN_WITHOUT, known, known - channels.dayKnownFollowed[t]!);
    if (state.groups.covered[channels.group[row]!] === 1) {
      learnTrait(state, row, T_CLOSED_CONTRACT, found, channels.dayClosed[t]!);
    }
    learnTrait(state, row, T_OTHER_INSURER, channels.dayInsured[t]!, channels.dayElsewhere[t]!);
    learnTrait(state, row, T_NO_PEC, found, channels.dayNoPec[t]!);
    learnTrait(state, row, T_REGULAR, found + misses, channels.dayRegular[t]!);
    learnTrait(state, row, T_OFF_HOURS, 1, channels.dayOffHours[t]!);
    learnPeak(state, row, channels.dayPeak[t]!);
    if (channels.learntDays[row]! < 65_535) channels.learntDays[row] = channels.learntDays[row]! + 1;
  }
}

/** Days over which the busiest hour is averaged. */
const PEAK_DAYS = 20;

/** A day's busiest hour counts as the day itself does. */
function learnPeak({ channels }: PipelineState, row: number, peak: number): void {
  const known = channels.learntDays[row]!;
  const counted = winsorised(peak, channels.perDay[row]!, known);
  channels.peakHour[row] =
    channels.peakHour[row]! + (counted - channels.peakHour[row]!) / Math.min(known + 1, PEAK_DAYS);
}

/** Beyond this many observations the past fades, so that a trait follows a practice that changes. */
const TRAIT_MEMORY = 600;

function learnTrait(state: PipelineState, row: number, trait: number, n: number, x: number): void {
  if (n <= 0) return;
  const at = row * TRAIT_COUNT + trait;
  const channels = state.channels;
  // One extraordinary day must not become the rule: it counts for at most 50 people.
  const weight = Math.min(1, 50 / n);
  let total = channels.traitN[at]! + n * weight;
  let hits = channels.traitX[at]! + Math.max(0, Math.min(x, n)) * weight;
  if (total > TRAIT_MEMORY) {
    hits *= TRAIT_MEMORY / total;
    total = TRAIT_MEMORY;
  }
  channels.traitN[at] = total;
  channels.traitX[at] = hits;
}

/** New people of a group before its current share of unseen ones is used. */
const MIN_UNSEEN = 200;

/** Puts the probabilities in use from what was learnt and the group's priors. */
export function applyTraits(state: PipelineState, row: number): void {
  const { channels, groups } = state;
  const group = channels.group[row]!;
  for (let t = 0; t < TRAIT_COUNT; t++) {
    const at = row * TRAIT_COUNT + t;
    const prior = group * TRAIT_COUNT + t;
    // How many of the new people nobody had seen depends on how long the portal has been watched: on now, not on last week.
    const now = t === T_UNSEEN && groups.unseenN[group]! >= MIN_UNSEEN;
    channels.p0[at] = upperProbability(channels.traitN[at]!, channels.traitX[at]!, {
      mean: now ? groups.unseenX[group]! / groups.unseenN[group]! : groups.traitMean[prior]!,
      strength: groups.traitStrength[prior]!,
    });
  }
}

/** Puts the scales and quotas in use from the days in the ring that are old enough and not under suspicion. */
export function applyScales(state: PipelineState, row: number): void {
  const { channels, groups, policy } = state;
  const today = channels.day[row]!;
  const prior = groups.perDay[channels.group[row]!]!;
  const mean = channels.perDay[row] === 0 ? prior : channels.perDay[row]!;
  const lag = learningLag(state, today);
  const unnamedPrior = groups.unnamedPerDay[channels.group[row]!]!;
  const unnamedMean = channels.unnamedPerDay[row] === 0 ? unnamedPrior : channels.unnamedPerDay[row]!;
  const worked = { days: 0, hours: 0, people: 0, known: 0, unnamed: 0 };
  const known = channels.learntDays[row]!;
  let unfollowedLearnt = 0;
  let unfollowedNow = 0;
  for (let day = today - DAYS + 1; day <= today; day++) {
    const slot = row * DAYS + (day & (DAYS - 1));
    if (channels.dayHours[slot] === 0) continue;
    const without = Math.max(0, channels.dayFound[slot]! - channels.dayFollowed9d[slot]!);
    if (day > today - 28) unfollowedNow += without;
    if (day > today - lag || (channels.dayFlags[slot]! & DAY_SUSPECT) !== 0) continue;
    worked.days++;
    worked.hours += channels.dayHours[slot]!;
    worked.people += winsorised(channels.dayNew[slot]!, mean, known);
    worked.known += channels.dayKnown[slot]!;
    worked.unnamed += winsorised(channels.dayUnnamed[slot]!, unnamedMean, known);
    unfollowedLearnt += Math.min(without, winsorised(channels.dayNew[slot]!, mean, known));
  }
  const perDay = limitedGrowth(channels.perDay[row]!, newPerDay(worked, prior), known);
  channels.anchor[row] = nextAnchor(channels.anchor[row]!, perDay, known);
  channels.perDay[row] = Math.min(perDay, heldTo(channels.anchor[row]!));
  // The other scales are of the same people.
  const held = channels.perDay[row]! / perDay;
  channels.perHour[row] = held * limitedGrowth(channels.perHour[row]!, newPerHour(worked, prior), known);
  channels.knownPerDay[row] = knownPerDay(worked);
  const unnamed = newPerDay({ ...worked, people: worked.unnamed }, unnamedPrior);
  channels.unnamedPerDay[row] = limitedGrowth(channels.unnamedPerDay[row]!, unnamed, known);
  // What 28 days would bring at the rate of the days learnt; the group's expectation while there are few of them.
  const without = groups.traitMean[channels.group[row]! * TRAIT_COUNT + T_WITHOUT_9D]!;
  const perWorkedDay = (unfollowedLearnt + 5 * prior * without) / (worked.days + 5);
  channels.unfollowed28[row] = held * limitedGrowth(channels.unfollowed28[row]!, perWorkedDay * 20, known);
  channels.unfollowed[row] = unfollowedNow;
  channels.spent[row] = Math.min((channels.spent[row]! * 27) / 28, unfollowedNow);
  channels.allowance[row] = sizeAllowance(channels.perDay[row]!);
  const quota = policy.source.quota;
  // While the whole log is young, nobody's size is known, a giant's least of all.
  const cold = coldFactor(known) * (isYoung(state, today) ? INFANCY_FACTOR : 1);
  // No hour has more people than a day, whose scale nobody walks up.
  const peak = Math.min(channels.peakHour[row]!, channels.perDay[row]!);
  channels.quotaHour[row] = hourQuota(quota, cold * channels.perHour[row]!, cold * peak);
  channels.quotaDay[row] = dayQuota(quota, cold * channels.perDay[row]!);
  channels.quotaUnnamed[row] = dayQuota(quota, cold * channels.unnamedPerDay[row]!);
  if (cold > 1) {
    const group = channels.group[row]!;
    channels.quotaHour[row] = Math.max(channels.quotaHour[row]!, usualMaximum(groups.hourVolumes, group));
    channels.quotaDay[row] = Math.max(channels.quotaDay[row]!, usualMaximum(groups.dayVolumes, group));
  }
  channels.quotaUnfollowed[row] = unfollowedQuota(quota, cold * channels.unfollowed28[row]!);
}

/** While a log is younger than a week nothing is known of anybody that a suspension could rest on. */
export const isYoung = ({ firstDay }: PipelineState, day: number): boolean => day - firstDay < INFANCY_DAYS;
const INFANCY_DAYS = 7;
const INFANCY_FACTOR = 10;
