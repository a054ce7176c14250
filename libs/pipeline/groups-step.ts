import {
  dispersionSize,
  GROUP_COUNT,
  groupOf,
  groupPerDay,
  WIDER_GROUP_COUNT,
  widerGroupOf,
} from '#libs/baseline/group.ts';
import type { Expected } from '#libs/baseline/peers.ts';
import { peersByGroup, shrunk } from '#libs/baseline/peers.ts';
import type { TraitPrior } from '#libs/baseline/traits.ts';
import {
  DEFAULT_PRIORS,
  groupPrior,
  MIN_ACCOUNTS,
  MIN_OBSERVATIONS,
  T_MISS,
  TRAIT_COUNT,
  TRAITS,
} from '#libs/baseline/traits.ts';
import { VOLUME_CLASSES } from '#libs/baseline/volume.ts';
import { COMMONNESS_CLASSES } from '#libs/evidence/index.ts';
import { PROFESSIONS } from '#libs/model/codes.ts';
import type { PipelineState } from './state.ts';
import { fadeAreas } from './territory-step.ts';

/** An account's mean says something about its group once it was learnt from this many days. */
const MIN_LEARNT_DAYS = 5;
/** Yesterday's counts of dispersion, sources and shape fade by this factor a day (half-life about three months). */
const FADE = 0.9925;

/** Recomputes every group's priors from its members; small groups borrow from their class and channel. */
export function recomputeGroups(state: PipelineState): void {
  const { channels, accounts, groups, policy } = state;
  fadeAreas(state);
  const peers = peersByGroup(policy.source.baseline);
  const byGroup = membersByGroup(state);
  const byWider = collect(state, WIDER_GROUP_COUNT, widerGroupOf);
  for (let group = 0; group < GROUP_COUNT; group++) {
    const wider = byWider[widerGroupOf(group)]!;
    const own = byGroup[group]!;
    const peer = peers.get(group);
    for (let t = 0; t < TRAIT_COUNT; t++) {
      const fallback: TraitPrior = groupPrior(wider.traits[t]!, DEFAULT_PRIORS[t]!);
      const prior = towardsPeers(groupPrior(own.traits[t]!, fallback), own.traits[t]!.length, peer, t);
      groups.traitMean[group * TRAIT_COUNT + t] = prior.mean;
      groups.traitStrength[group * TRAIT_COUNT + t] = prior.strength;
    }
    const profession = Math.floor(group / 2) % PROFESSIONS.length;
    const perDay = groupPerDay(own.perDay, policy.priorPerDay[profession]!);
    groups.unnamedPerDay[group] = groupPerDay(own.unnamed, policy.priorPerDay[profession]!);
    const daily = peer?.daily;
    groups.perDay[group] =
      daily === undefined ? perDay : shrunk(perDay, speaking(own.perDay.length), daily.people, daily.accounts);
    groups.size[group] = dispersionSize(groups.sumMeanSquared[group]!, groups.sumExcess[group]!);
    groups.sumMeanSquared[group] = groups.sumMeanSquared[group]! * FADE;
    groups.sumExcess[group] = groups.sumExcess[group]! * FADE;
    groups.unseenN[group] = groups.unseenN[group]! * FADE;
    groups.unseenX[group] = groups.unseenX[group]! * FADE;
    for (let i = group * COMMONNESS_CLASSES; i < (group + 1) * COMMONNESS_CLASSES; i++) {
      groups.commonness[i] = groups.commonness[i]! * FADE;
    }
    for (let i = group * VOLUME_CLASSES; i < (group + 1) * VOLUME_CLASSES; i++) {
      groups.hourVolumes[i] = groups.hourVolumes[i]! * FADE;
      groups.dayVolumes[i] = groups.dayVolumes[i]! * FADE;
    }
    groups.sourceDays[group] = groups.sourceDays[group]! * FADE;
    groups.workedDays[group] = groups.workedDays[group]! * FADE;
    groups.wakings[group] = groups.wakings[group]! * FADE;
    groups.firstExports[group] = groups.firstExports[group]! * FADE;
  }
  // An account's class and profession may have changed since its row was made.
  for (let row = 0; row < channels.length; row++) {
    const account = channels.account[row]!;
    channels.group[row] = groupOf(
      accounts.accountClass[account]!,
      accounts.profession[account]!,
      channels.channel[row]!,
    );
    if (accounts.lastDay[account]! >= Math.floor(state.minute / 1440) - 1) {
      groups.workedDays[channels.group[row]!] = groups.workedDays[channels.group[row]!]! + 1;
    }
  }
}

/** A prior between the group's own and the one of the baseline that the run started from. */
function towardsPeers(own: TraitPrior, accounts: number, peer: Expected | undefined, trait: number): TraitPrior {
  const known = peer?.traits[TRAITS[trait]!];
  if (known === undefined) return own;
  const n = speaking(accounts);
  return {
    mean: shrunk(own.mean, n, known.mean, known.accounts),
    strength: shrunk(own.strength, n, known.strength, known.accounts),
  };
}

/** Accounts that a group's own figure comes from: with too few it is borrowed. */
const speaking = (accounts: number): number => (accounts < MIN_ACCOUNTS ? 0 : accounts);

/** What the members of each group have shown. */
export const membersByGroup = (state: PipelineState): readonly Members[] =>
  collect(state, GROUP_COUNT, (group) => group);

export interface Members {
  readonly traits: [number, number][][];
  readonly perDay: number[];
  /** Look-ups a worked day that name nobody. */
  readonly unnamed: number[];
  /** Of those who look up at all: new people a worked day, and all people (known ones count once an hour). */
  readonly daily: { readonly fresh: number; readonly people: number }[];
}

function collect(state: PipelineState, count: number, key: (group: number) => number): Members[] {
  const channels = state.channels;
  const members: Members[] = Array.from({ length: count }, () => ({
    traits: Array.from({ length: TRAIT_COUNT }, () => []),
    perDay: [],
    unnamed: [],
    daily: [],
  }));
  for (let row = 0; row < channels.length; row++) {
    const into = members[key(channels.group[row]!)]!;
    for (let t = 0; t < TRAIT_COUNT; t++) {
      const n = channels.traitN[row * TRAIT_COUNT + t]!;
      if (n >= MIN_OBSERVATIONS) into.traits[t]!.push([n, channels.traitX[row * TRAIT_COUNT + t]!]);
    }
    if (channels.learntDays[row]! < MIN_LEARNT_DAYS) continue;
    const fresh = channels.perDay[row]!;
    into.perDay.push(fresh);
    into.unnamed.push(channels.unnamedPerDay[row]!);
    // Many programs only bill: they say nothing of those that look up.
    const looksUp = channels.traitN[row * TRAIT_COUNT + T_MISS]! >= MIN_OBSERVATIONS;
    if (looksUp) into.daily.push({ fresh, people: fresh + channels.knownPerDay[row]! });
  }
  return members;
}
