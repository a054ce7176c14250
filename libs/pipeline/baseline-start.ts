import { expectedOf, peerGroupNumber } from '#libs/baseline/peers.ts';
import { TRAIT_COUNT, TRAITS } from '#libs/baseline/traits.ts';
import { VOLUME_CLASSES } from '#libs/baseline/volume.ts';
import { DEPARTMENT_COUNT, departmentIndex } from '#libs/model/departments.ts';
import type { PeerArea, PeerGroup } from '#libs/model/peer-baseline.ts';
import { WEEKDAYS } from '#libs/model/peer-baseline.ts';
import type { Groups, PipelineConfig, PipelineState } from './state.ts';
import { createState, HOURS_A_WEEK } from './state.ts';

/**
 * A state at its beginning, with the expectations of the baseline that the policy brings, if any. What is kept as fading
 * sums begins with sums worth a few accounts' weeks: the installation's own outweigh them soon. (Priors and means are
 * recomputed each midnight and keep the baseline as what they are shrunk to: `groups-step.ts`.)
 *
 * How many people nobody had seen, or only few accounts had, is not taken over: that is a memory of people, and without
 * the archive's whole state this one begins empty.
 */
export function startState(config: PipelineConfig): PipelineState {
  const state = createState(config);
  const { baseline } = config.policy;
  if (baseline === undefined) return state;
  for (const group of baseline.groups) seedGroup(state.groups, group);
  for (const area of baseline.areas) seedArea(state, area);
  return state;
}

/** Weights at which the sums begin: squared people, account-days, hours and days, people. */
const MAX_DISPERSION_MASS = 200;
const MAX_WEEK_DAYS = 500;
const MAX_SOURCE_DAYS = 500;
const MAX_VOLUMES = 2000;
const MAX_AREA_PEOPLE = 2000;

function seedGroup(groups: Groups, peer: PeerGroup): void {
  const group = peerGroupNumber(peer);
  const { traits, perDay } = expectedOf(peer);
  for (const [name, { mean, strength }] of Object.entries(traits)) {
    const at = group * TRAIT_COUNT + TRAITS.indexOf(name as (typeof TRAITS)[number]);
    groups.traitMean[at] = mean;
    groups.traitStrength[at] = strength;
  }
  if (perDay !== undefined) groups.perDay[group] = perDay;
  if (peer.dispersion !== undefined) {
    const mass = Math.min(peer.dispersion.mass, MAX_DISPERSION_MASS);
    groups.size[group] = peer.dispersion.size;
    groups.sumMeanSquared[group] = mass;
    groups.sumExcess[group] = mass / peer.dispersion.size;
  }
  const days = Math.min(peer.worked, MAX_WEEK_DAYS);
  if (days > 0) {
    const weights = WEEKDAYS.flatMap((day) => peer.week[day].map((share) => (share * days) / 100));
    groups.shape.set(weights, group * HOURS_A_WEEK);
    groups.shapeTotal[group] = weights.reduce((a, b) => a + b, 0);
  }
  const worked = Math.min(peer.sources.days, MAX_SOURCE_DAYS);
  if (worked > 0) {
    groups.workedDays[group] = worked;
    groups.sourceDays[group] = (peer.sources.changes * worked) / peer.sources.days;
  }
  seedVolumes(groups.hourVolumes, group, peer.hours);
  seedVolumes(groups.dayVolumes, group, peer.days);
  if (peer.followed) groups.followed[group] = 1;
}

function seedVolumes(histogram: Float64Array, group: number, counts: readonly number[]): void {
  const total = counts.reduce((a, b) => a + b, 0);
  const weight = total > MAX_VOLUMES ? MAX_VOLUMES / total : 1;
  counts.forEach((count, i) => {
    histogram[group * VOLUME_CLASSES + i] = count * weight;
  });
}

function seedArea(state: PipelineState, { department, people, births }: PeerArea): void {
  const home = departmentIndex(department);
  const weight = Math.min(people, MAX_AREA_PEOPLE);
  for (const [born, share] of Object.entries(births)) {
    const seeded = share * weight;
    state.area[home * DEPARTMENT_COUNT + departmentIndex(born)] = seeded;
    state.areaTotal[home] = state.areaTotal[home]! + seeded;
  }
}
