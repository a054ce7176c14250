import type { Columns } from '#libs/base/columns.ts';
import { createColumns } from '#libs/base/columns.ts';
import { Table64 } from '#libs/base/table64.ts';
import { GROUP_COUNT } from '#libs/baseline/group.ts';
import { ACCOUNT_SCHEMA, CHANNEL_SCHEMA } from '#libs/baseline/schema.ts';
import { DEFAULT_PRIORS, TRAIT_COUNT } from '#libs/baseline/traits.ts';
import { VOLUME_CLASSES } from '#libs/baseline/volume.ts';
import type { CompiledPolicy, Score } from '#libs/decide/index.ts';
import { compilePolicy, createScore } from '#libs/decide/index.ts';
import { COMMONNESS_CLASSES } from '#libs/evidence/index.ts';
import { DEPARTMENT_COUNT } from '#libs/model/departments.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { Output } from '#libs/model/input.ts';
import type { Incident } from './incident.ts';
import { MAX_ACCOUNTS, MAX_EVENT_IDS, MAX_PAIRS, MAX_PERSONS, MAX_SIGHTINGS } from './limits.ts';
import type { PortalBilling } from './portal-billing.ts';
import { noPortalBilling } from './portal-billing.ts';
import type { PortalInsurers } from './portal-insurers.ts';
import { noPortalInsurers } from './portal-insurers.ts';
import type { PortalSources } from './portal-sources.ts';
import { noPortalSources } from './portal-sources.ts';
import { RecentLookups } from './recent-lookups.ts';

export interface PipelineConfig {
  readonly policy: DetectionPolicy;
}

export const HOURS_A_WEEK = 168;

/** What is known of groups of peers; arrays by group, recomputed at each midnight of event time. */
export interface Groups {
  readonly traitMean: Float64Array;
  readonly traitStrength: Float64Array;
  readonly perDay: Float64Array;
  /** Look-ups a worked day that name nobody. */
  readonly unnamedPerDay: Float64Array;
  readonly size: Float64Array;
  readonly sumMeanSquared: Float64Array;
  readonly sumExcess: Float64Array;
  /** New people by hour of the week, and their sum. */
  readonly shape: Float64Array;
  readonly shapeTotal: Float64Array;
  /** Days on which an account changed its source, and days worked. */
  readonly sourceDays: Float64Array;
  readonly workedDays: Float64Array;
  /** New people of late and those of them that nobody had looked up: the share moves as the portal's memory fills. */
  readonly unseenN: Float64Array;
  readonly unseenX: Float64Array;
  /** Of the seen ones, by how many accounts they had been seen, by class. */
  readonly commonness: Float64Array;
  /** How many hours and days brought how many new people, by size class (`volume.ts`). */
  readonly hourVolumes: Float64Array;
  readonly dayVolumes: Float64Array;
  /** 1 once any look-up of the group was followed up: without that, its absence says nothing. */
  readonly followed: Uint8Array;
  /** 1 once any look-up of the group showed the end of a coverage. */
  readonly covered: Uint8Array;
  /** How often an account woke after a long silence. */
  readonly wakings: Float64Array;
  /** How often an account exported for the first time. */
  readonly firstExports: Float64Array;
}

/** Counts of everything that was taken, put aside or capped. */
export interface Counters {
  events: number;
  duplicates: number;
  late: number;
  tooOld: number;
  ahead: number;
  lookups: number;
  followUps: number;
  /** Look-ups that name nobody: only their rows count. */
  anonymous: number;
  /** Counts that stood at the end of their range. */
  saturated: number;
  /** Look-ups counted under no insurer because the log names more of them than there can be. */
  insurersFolded: number;
}

/** One partition's state: plain data, changed in place, owned by one loop. */
export interface PipelineState {
  policy: CompiledPolicy;
  accountIndex: Table64;
  accountIds: string[];
  accounts: Columns<typeof ACCOUNT_SCHEMA>;
  channels: Columns<typeof CHANNEL_SCHEMA>;
  /** (account, person) -> minute of first look-up; last hour, birth department, flags (see `pair.ts`). */
  pairs: Table64;
  /** person -> day last looked up by anybody, and by how many accounts (see `persons.ts`). */
  persons: Table64;
  /** How many people were seen by how many accounts, by class. */
  commonness: Float64Array;
  /** Event ids of this and the previous generation of 24 h. */
  ids: Table64;
  idsBefore: Table64;
  idsSinceMs: number;
  recent: RecentLookups;
  /** (account, network) and (account, device) -> day last noted: what is new to an account that uses many. */
  sightings: Table64;
  insurers: string[];
  insurerIndex: Map<string, number>;
  groups: Groups;
  /** Birth departments of the people served, by the account's department: [account department][birth department]. */
  area: Float32Array;
  areaTotal: Float32Array;
  /** Look-ups of new identities in the whole portal and misses among them, fading (see `portal-misses.ts`). */
  portalMisses: { lookups: number; misses: number; minute: number };
  /** People found in the whole portal and those whose contract had ended, fading (see `portal-contracts.ts`). */
  portalContracts: { people: number; closed: number; minute: number };
  /** Judged cohorts of the whole portal and those without any follow-up (see `portal-billing.ts`). */
  portalBilling: PortalBilling;
  /** Accounts that raise an insurer, by insurer and day (see `portal-insurers.ts`). */
  portalInsurers: PortalInsurers;
  /** Accounts that come from somewhere new just now (see `portal-sources.ts`). */
  portalSources: PortalSources;
  incidents: Map<number, Incident>;
  /** Newest event time accepted, ms; first day seen; minute up to which the clock has run. */
  newestMs: number;
  firstDay: number;
  minute: number;
  /** Rows with a cohort to judge, by the minute it falls due. */
  dueBins: Map<number, number[]>;
  dueHours: Map<number, number[]>;
  counters: Counters;
  /** Scratch: never part of a snapshot. */
  score: Score;
  outputs: Output[];
  /** Told of every scoring (row, score, score that counts for a suspension): for calibration and studies. */
  observer: ((row: number, score: number, who: number) => void) | undefined;
}

export function createState(config: PipelineConfig): PipelineState {
  const policy = compilePolicy(config.policy);
  return {
    policy,
    accountIndex: new Table64(1, MAX_ACCOUNTS),
    accountIds: [],
    accounts: createColumns(ACCOUNT_SCHEMA),
    channels: createColumns(CHANNEL_SCHEMA),
    pairs: new Table64(2, MAX_PAIRS),
    persons: new Table64(1, MAX_PERSONS),
    commonness: new Float64Array(COMMONNESS_CLASSES),
    ids: new Table64(0, MAX_EVENT_IDS),
    idsBefore: new Table64(0, MAX_EVENT_IDS),
    idsSinceMs: 0,
    recent: new RecentLookups(),
    sightings: new Table64(1, MAX_SIGHTINGS),
    insurers: [''],
    insurerIndex: new Map([['', 0]]),
    groups: createGroups(policy),
    area: new Float32Array(DEPARTMENT_COUNT * DEPARTMENT_COUNT),
    areaTotal: new Float32Array(DEPARTMENT_COUNT),
    portalMisses: { lookups: 0, misses: 0, minute: 0 },
    portalContracts: { people: 0, closed: 0, minute: 0 },
    portalBilling: noPortalBilling(),
    portalInsurers: noPortalInsurers(),
    portalSources: noPortalSources(),
    incidents: new Map(),
    newestMs: 0,
    firstDay: 0,
    minute: 0,
    dueBins: new Map(),
    dueHours: new Map(),
    counters: {
      events: 0,
      duplicates: 0,
      late: 0,
      tooOld: 0,
      ahead: 0,
      lookups: 0,
      followUps: 0,
      anonymous: 0,
      saturated: 0,
      insurersFolded: 0,
    },
    score: createScore(),
    outputs: [],
    observer: undefined,
  };
}

function createGroups(policy: CompiledPolicy): Groups {
  const professions = policy.priorPerDay.length;
  const channels = 2;
  const groups: Groups = {
    traitMean: new Float64Array(GROUP_COUNT * TRAIT_COUNT),
    traitStrength: new Float64Array(GROUP_COUNT * TRAIT_COUNT),
    perDay: new Float64Array(GROUP_COUNT),
    unnamedPerDay: new Float64Array(GROUP_COUNT),
    size: new Float64Array(GROUP_COUNT).fill(0.7),
    sumMeanSquared: new Float64Array(GROUP_COUNT),
    sumExcess: new Float64Array(GROUP_COUNT),
    shape: new Float64Array(GROUP_COUNT * HOURS_A_WEEK),
    shapeTotal: new Float64Array(GROUP_COUNT),
    sourceDays: new Float64Array(GROUP_COUNT),
    workedDays: new Float64Array(GROUP_COUNT),
    unseenN: new Float64Array(GROUP_COUNT),
    unseenX: new Float64Array(GROUP_COUNT),
    commonness: new Float64Array(GROUP_COUNT * COMMONNESS_CLASSES),
    hourVolumes: new Float64Array(GROUP_COUNT * VOLUME_CLASSES),
    dayVolumes: new Float64Array(GROUP_COUNT * VOLUME_CLASSES),
    followed: new Uint8Array(GROUP_COUNT),
    covered: new Uint8Array(GROUP_COUNT),
    wakings: new Float64Array(GROUP_COUNT),
    firstExports: new Float64Array(GROUP_COUNT),
  };
  for (let group = 0; group < GROUP_COUNT; group++) {
    groups.perDay[group] = policy.priorPerDay[Math.floor(group / channels) % professions]!;
    groups.unnamedPerDay[group] = groups.perDay[group]!;
    for (let t = 0; t < TRAIT_COUNT; t++) {
      groups.traitMean[group * TRAIT_COUNT + t] = DEFAULT_PRIORS[t]!.mean;
      groups.traitStrength[group * TRAIT_COUNT + t] = DEFAULT_PRIORS[t]!.strength;
    }
    for (let hour = 0; hour < HOURS_A_WEEK; hour++) {
      groups.shape[group * HOURS_A_WEEK + hour] = openingHours(hour);
      groups.shapeTotal[group] = groups.shapeTotal[group]! + openingHours(hour);
    }
  }
  return groups;
}

/** Prior shape of a week, in people: weekdays 8 to 19 h, half of Saturday, a little everywhere. Hour 0 is Thursday 0 h UTC (the epoch). */
function openingHours(hourOfWeek: number): number {
  const day = Math.floor(hourOfWeek / 24); // 0 Thursday, 2 Saturday, 3 Sunday
  const hour = hourOfWeek % 24;
  const open = hour >= 6 && hour < 18;
  if (day === 3) return 0.05;
  if (day === 2) return open && hour < 11 ? 1 : 0.1;
  return open ? 1 : 0.1;
}
