import { groupPerDay } from '#libs/baseline/group.ts';
import { groupPrior, MIN_ACCOUNTS, T_UNSEEN, TRAITS } from '#libs/baseline/traits.ts';
import { VOLUME_CLASSES } from '#libs/baseline/volume.ts';
import { COMMONNESS_CLASSES } from '#libs/evidence/index.ts';
import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';
import { DEPARTMENT_COUNT, DEPARTMENTS } from '#libs/model/departments.ts';
import type { PeerArea, PeerGroup, PeerTrait, Weekday } from '#libs/model/peer-baseline.ts';
import { WEEKDAYS } from '#libs/model/peer-baseline.ts';
import type { Members } from './groups-step.ts';
import { membersByGroup } from './groups-step.ts';
import { homeOf } from './home.ts';
import type { PipelineState } from './state.ts';
import { HOURS_A_WEEK } from './state.ts';

/** Fewer accounts than this would make a group's figures those of persons: the group, or the area, is left out. */
const LEAST_ACCOUNTS = 5;
/** An area of fewer people says too little. */
const LEAST_AREA_PEOPLE = 20;
/** Accounts that did nothing for this long are not counted. */
const IDLE_DAYS = 42;

/**
 * What the groups of a state have shown by now, without any account or person: rounded, groups of fewer than five accounts
 * left out.
 */
export function learntPeers(state: PipelineState): { groups: PeerGroup[]; areas: PeerArea[] } {
  const members = membersByGroup(state);
  const accounts = accountsByGroup(state);
  const groups: PeerGroup[] = [];
  accounts.forEach((count, group) => {
    if (count >= LEAST_ACCOUNTS) groups.push(peerGroup(state, group, count, members[group]!));
  });
  return { groups, areas: areasOf(state) };
}

function accountsByGroup({ channels, accounts, minute, groups }: PipelineState): number[] {
  const counts = Array.from({ length: groups.perDay.length }, () => 0);
  const since = Math.floor(minute / 1440) - IDLE_DAYS;
  for (let row = 0; row < channels.length; row++) {
    if (accounts.lastDay[channels.account[row]!]! >= since) counts[channels.group[row]!]!++;
  }
  return counts;
}

function peerGroup({ groups }: PipelineState, group: number, accounts: number, own: Members): PeerGroup {
  const traits: Record<string, PeerTrait> = {};
  TRAITS.forEach((name, t) => {
    const counts = own.traits[t]!;
    // Who was seen by nobody is a matter of the portal's memory, not of the accounts: it stands in `unseen`.
    if (t === T_UNSEEN || counts.length < MIN_ACCOUNTS) return;
    const { mean, strength } = groupPrior(counts, { mean: 0, strength: 0 });
    traits[name] = { mean: rounded(mean), strength: rounded(strength), accounts: counts.length };
  });
  const shapeTotal = groups.shapeTotal[group]!;
  const slice = (from: Float64Array, width: number) => Array.from(from.subarray(group * width, (group + 1) * width));
  return {
    class: ACCOUNT_CLASSES[Math.floor(group / (CHANNELS.length * PROFESSIONS.length))]!,
    profession: PROFESSIONS[Math.floor(group / CHANNELS.length) % PROFESSIONS.length]!,
    channel: CHANNELS[group % CHANNELS.length]!,
    accounts,
    followed: groups.followed[group] === 1,
    ...(own.daily.length >= MIN_ACCOUNTS && { daily: dailyOf(own) }),
    traits,
    dispersion: { size: rounded(groups.size[group]!), mass: rounded(groups.sumMeanSquared[group]!) },
    worked: rounded(shapeTotal),
    week: weekOf(slice(groups.shape, HOURS_A_WEEK), shapeTotal),
    sources: { changes: rounded(groups.sourceDays[group]!), days: rounded(groups.workedDays[group]!) },
    unseen: { people: rounded(groups.unseenX[group]!), of: rounded(groups.unseenN[group]!) },
    seen: trimmed(slice(groups.commonness, COMMONNESS_CLASSES)),
    hours: trimmed(slice(groups.hourVolumes, VOLUME_CLASSES)),
    days: trimmed(slice(groups.dayVolumes, VOLUME_CLASSES)),
  };
}

function dailyOf({ daily }: Members): PeerGroup['daily'] {
  const perDay = (of: readonly number[]) => rounded(groupPerDay(of, 0));
  const fresh = perDay(daily.map((account) => account.fresh));
  const people = Math.max(fresh, perDay(daily.map((account) => account.people)));
  return { fresh, people, accounts: daily.length };
}

/** From Monday on, as people read a week. */
function weekOf(shape: readonly number[], total: number): PeerGroup['week'] {
  const on = (day: Weekday): number[] => {
    const first = 24 * WEEKDAYS.indexOf(day);
    return shape.slice(first, first + 24).map((weight) => Math.round((weight / total) * 1e5) / 1e3);
  };
  return {
    monday: on('monday'),
    tuesday: on('tuesday'),
    wednesday: on('wednesday'),
    thursday: on('thursday'),
    friday: on('friday'),
    saturday: on('saturday'),
    sunday: on('sunday'),
  };
}

function areasOf(state: PipelineState): PeerArea[] {
  const { accounts, area, areaTotal } = state;
  const served = new Uint32Array(DEPARTMENT_COUNT);
  for (let row = 0; row < accounts.length; row++) {
    const home = homeOf(state, row);
    served[home] = served[home]! + 1;
  }
  return DEPARTMENTS.flatMap((department, home) => {
    const people = areaTotal[home]!;
    if (home === 0 || served[home]! < LEAST_ACCOUNTS || people < LEAST_AREA_PEOPLE) return [];
    const shares = DEPARTMENTS.map(
      (born, i) => [born, Math.round((area[home * DEPARTMENT_COUNT + i]! / people) * 1000) / 1000] as const,
    );
    const births = Object.fromEntries(shares.filter(([born, share]) => born !== '' && share > 0));
    return [{ department, people: Math.round(people), births }];
  });
}

/** Four significant digits. */
const rounded = (value: number): number => Number(value.toPrecision(4));
const trimmed = (counts: readonly number[]): number[] => {
  const last = counts.findLastIndex((count) => count > 0);
  return counts.slice(0, last + 1).map(rounded);
};
