import { NATIONAL_ALTERNATIVE, NATIONAL_BIRTHS } from '#libs/baseline/births.ts';
import { BIRTHS, RECENT, STREAM_ROOM } from '#libs/baseline/schema.ts';
import { T_OUTSIDE, T_WITHOUT_9D, TRAIT_COUNT } from '#libs/baseline/traits.ts';
import {
  AGE_GROUP_FADE,
  AGE_GROUP_PEOPLE,
  ageGroupFactor,
  FORECASTERS,
  forecast,
  LISTED_NATS,
  LISTED_SHARE,
  longRunProbability,
  REST_NATS,
  recentProbability,
  territoryLogRatio,
  visitorsAfter,
  withVisitors,
} from '#libs/evidence/index.ts';
import { DEPARTMENT_COUNT } from '#libs/model/departments.ts';
import { S_SORTED_ORDER, S_TERRITORY, S_TERRITORY_SOURCE } from '#libs/model/streams.ts';
import { observe } from './evidence-step.ts';
import { homeOf, learnHome } from './home.ts';
import { INCIDENT_SCORED } from './incident.ts';
import type { PipelineState } from './state.ts';

/** Before an area has shown its mix: this share at home, the rest as in the country; worth this many people. */
const HOME_SHARE = 0.55;
const AREA_PRIOR_PEOPLE = 40;
/** Above this much evidence, nats, nothing is learnt: the thief must not teach his own territory. */
const LEARN_BELOW_NATS = 4;
const MAX_PEOPLE_LEARNT = 4000;

/** Probability of a birth department among the people served by accounts of the same department. */
function areaProbability(state: PipelineState, home: number, department: number): number {
  const national = NATIONAL_BIRTHS[department]!;
  const prior = home === 0 ? national : (department === home ? HOME_SHARE : 0) + (1 - HOME_SHARE) * national;
  return (
    (state.area[home * DEPARTMENT_COUNT + department]! + AREA_PRIOR_PEOPLE * prior) /
    (state.areaTotal[home]! + AREA_PRIOR_PEOPLE)
  );
}

/** Where the log shows no year of birth. */
const UNKNOWN_AGE = 0.3;

/**
 * Log-likelihood ratio of a birth department for this account as it is now, nats.
 * @param birth month of birth (year x 12 + month), -1 unknown
 * @param met whether the person is met now: then the forecasters are judged by it
 */
function territoryRatio(state: PipelineState, row: number, department: number, birth: number, met: boolean): number {
  const channels = state.channels;
  const home = homeOf(state, channels.account[row]!);
  const national = NATIONAL_ALTERNATIVE[department]!;
  const ring = row * RECENT;
  const length = channels.recentLength[row]!;
  const recents = channels.recentDepartment;
  let same = 0;
  // The sign bit is 1 where they are the same: no branch for a processor to guess wrong, thirty-two times a person.
  for (let i = ring; i < ring + length; i++) same += ((recents[i]! ^ department) - 1) >>> 31;
  const area = areaProbability(state, home, department);
  const usual = usualProbability(state, row, department, area);
  const longRun = withVisitors(usual, national, channels.visitors[row]!);
  const listed = channels.nats[row * STREAM_ROOM + S_SORTED_ORDER]! >= LISTED_NATS;
  const recent = listed ? LISTED_SHARE * national : recentProbability(same, length, national);
  const spent = channels.ageGroupPeople[row]! >= AGE_GROUP_PEOPLE;
  const ageGroup = listed || spent ? LISTED_SHARE : ageGroupOf(state, row, birth);
  const expected = forecast(channels.forecasters, row * FORECASTERS, longRun, area, recent, national * ageGroup, met);
  return territoryLogRatio(national, expected);
}

const usualProbability = ({ channels }: PipelineState, row: number, department: number, area: number): number =>
  longRunProbability(
    channels.departmentCount[row * DEPARTMENT_COUNT + department]!,
    channels.departmentTotal[row]!,
    area,
  );

const ageGroupOf = ({ channels }: PipelineState, row: number, birth: number): number =>
  birth < 0 ? UNKNOWN_AGE : ageGroupFactor(channels.recentBirth, row * BIRTHS, channels.birthLength[row]!, birth);

/** Counts a person whom "one age group came" foretold better than all the other forecasts together. */
function noteAgeGroup({ channels }: PipelineState, row: number, day: number): void {
  const people = channels.ageGroupPeople;
  const days = day - channels.ageGroupDay[row]!;
  if (days > 0) {
    people[row] = people[row]! * (1 - AGE_GROUP_FADE) ** days;
    channels.ageGroupDay[row] = day;
  }
  if (channels.forecasters[row * FORECASTERS + AGE_GROUP]! > 0.5) people[row] = people[row]! + 1;
}
/** Its place among the forecasters. */
const AGE_GROUP = 3;

/** Weighs a new person's birth department. Returns true if the person speaks for theft. */
export function stepTerritory(
  state: PipelineState,
  row: number,
  department: number,
  birth: number,
  minute: number,
  newSource: boolean,
): boolean {
  const channels = state.channels;
  const ring = row * RECENT;
  const length = channels.recentLength[row]!;
  const ratio = territoryRatio(state, row, department, birth, true);
  if (birth >= 0) {
    noteAgeGroup(state, row, Math.floor(minute / 1440));
    channels.recentBirth[row * BIRTHS + channels.birthAt[row]!] = birth;
    channels.birthAt[row] = (channels.birthAt[row]! + 1) & (BIRTHS - 1);
    if (channels.birthLength[row]! < BIRTHS) channels.birthLength[row] = channels.birthLength[row]! + 1;
  }
  const outside = ratio > 0;
  const expected = channels.p0[row * TRAIT_COUNT + T_OUTSIDE]!;
  observe(state, row, S_TERRITORY, ratio, outside, expected, minute);
  if (newSource) observe(state, row, S_TERRITORY_SOURCE, ratio, outside, expected, minute);
  channels.recentDepartment[ring + channels.recentAt[row]!] = department;
  channels.recentAt[row] = (channels.recentAt[row]! + 1) & (RECENT - 1);
  if (length < RECENT) channels.recentLength[row] = length + 1;
  return outside;
}

/**
 * A person from elsewhere who is billed was there: the evidence that person brought goes back out, and that of the others the
 * person stands for, where the account bills for one in two or three (tourists are far from home and are served; a stolen
 * list is not).
 */
export function refundTerritory(state: PipelineState, row: number, department: number, minute: number): void {
  if (department === 0) return;
  const channels = state.channels;
  // No more people a day than the day's quota: whoever forges bills gains nothing that the quota does not bound.
  if (channels.refunds[row]! >= channels.quotaDay[row]!) return;
  const billed = 1 - channels.p0[row * TRAIT_COUNT + T_WITHOUT_9D]!;
  const standsFor = Math.min(1 / Math.max(billed, 0.01), MAX_STANDS_FOR);
  const refund = Math.max(FOLLOWED_NATS, standsFor * territoryRatio(state, row, department, -1, false));
  let refunded = false;
  for (const stream of [S_TERRITORY, S_TERRITORY_SOURCE]) {
    const at = row * STREAM_ROOM + stream;
    if (channels.nats[at] === 0) continue;
    refunded = true;
    channels.nats[at] = Math.max(0, channels.nats[at]! - refund);
    channels.hourNats[at] = Math.min(channels.hourNats[at]!, channels.nats[at]!);
    if (channels.observed[at]! > 0) channels.observed[at] = channels.observed[at]! - 1;
    if (channels.nats[at]! < REST_NATS) channels.riseMinute[at] = minute;
  }
  if (refunded) channels.refunds[row] = Math.min(65_535, channels.refunds[row]! + Math.ceil(standsFor));
}

/** People that one bill speaks for at most. */
const MAX_STANDS_FOR = 4;
/** ln of how much rarer a follow-up is under theft (one in ten at most) than for an account that bills half of its people. */
const FOLLOWED_NATS = 1.6;

/**
 * Learns from somebody who was billed whether the account has visitors these weeks. Evidence does not hold it up: who is billed
 * was served, and a season must not be what keeps it from being known.
 */
export function learnVisitors(state: PipelineState, row: number, department: number): void {
  if (department === 0) return;
  const { channels } = state;
  const area = areaProbability(state, homeOf(state, channels.account[row]!), department);
  const usual = usualProbability(state, row, department, area);
  channels.visitors[row] = visitorsAfter(channels.visitors[row]!, usual, NATIONAL_ALTERNATIVE[department]!);
}

/** Learns a birth department, once the person's relationship with the account is plausible. */
export function learnTerritory(state: PipelineState, row: number, department: number, nats: number): void {
  if (department === 0 || nats >= LEARN_BELOW_NATS) return;
  const channels = state.channels;
  if (channels.incident[row] === INCIDENT_SCORED) return;
  const base = row * DEPARTMENT_COUNT;
  channels.departmentCount[base + department] = channels.departmentCount[base + department]! + 1;
  channels.departmentTotal[row] = channels.departmentTotal[row]! + 1;
  learnHome(state, row);
  if (channels.departmentTotal[row]! > MAX_PEOPLE_LEARNT) {
    let total = 0;
    for (let i = base; i < base + DEPARTMENT_COUNT; i++) {
      channels.departmentCount[i] = channels.departmentCount[i]! >> 1;
      total += channels.departmentCount[i]!;
    }
    channels.departmentTotal[row] = total;
  }
}

/**
 * The account's area learns who is served there these weeks (tourists come to all its practices at once). An account
 * speaks with its first people of a day only, so that neither a giant nor a thief is the area.
 * @param voice how many people of that day this account has spoken for already
 */
export function learnArea(state: PipelineState, row: number, department: number, voice: number): void {
  if (department === 0 || voice >= AREA_VOICES) return;
  const home = homeOf(state, state.channels.account[row]!);
  state.area[home * DEPARTMENT_COUNT + department] = state.area[home * DEPARTMENT_COUNT + department]! + 1;
  state.areaTotal[home] = state.areaTotal[home]! + 1;
}
const AREA_VOICES = 8;

/** Half of what an area knows is gone after two weeks. */
const AREA_FADE = 0.95;

export function fadeAreas(state: PipelineState): void {
  for (let i = 0; i < state.area.length; i++) state.area[i] = state.area[i]! * AREA_FADE;
  for (let i = 0; i < state.areaTotal.length; i++) state.areaTotal[i] = state.areaTotal[i]! * AREA_FADE;
}
