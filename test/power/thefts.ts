import type { AttackSpec } from '#services/simulate/attack-spec.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';

/** Every theft of the proof: kind x profession or size x pace, and the line of the table of aims that it belongs to. */

/** What must be reached: people exposed, median and 95th percentile, before a suspension and by the whole ladder. */
export interface Aim {
  readonly name: string;
  readonly suspendMedian?: number;
  readonly suspendP95?: number;
  readonly ladderMedian?: number;
  readonly ladderP95?: number;
}

export const AIMS: readonly Aim[] = [
  { name: 'sweep of NIR, fast or at night', suspendMedian: 2, suspendP95: 20, ladderMedian: 1, ladderP95: 15 },
  { name: 'national list, 60 an hour, small', suspendMedian: 12, suspendP95: 120, ladderMedian: 5, ladderP95: 30 },
  { name: 'national list, 60 an hour, pharmacy', suspendMedian: 12, suspendP95: 120, ladderMedian: 5, ladderP95: 30 },
  { name: 'national list, 60 an hour, laboratory', suspendMedian: 40, suspendP95: 120, ladderMedian: 5, ladderP95: 30 },
  { name: 'national list, 5 an hour', suspendMedian: 12, suspendP95: 200, ladderMedian: 5, ladderP95: 20 },
  { name: 'national list, 2 an hour', suspendMedian: 15, suspendP95: 200, ladderMedian: 8 },
  { name: 'slowly growing', suspendMedian: 35, suspendP95: 200, ladderMedian: 15 },
  { name: 'local list with no follow-up', suspendMedian: 200, ladderMedian: 20, ladderP95: 120 },
  { name: 'padded', suspendMedian: 150, ladderMedian: 45, ladderP95: 200 },
  { name: 'manager account, 1 a second or 100 an hour', ladderMedian: 20, ladderP95: 80 },
  { name: 'others (no aim set)' },
];
const [SWEEP, SMALL, PHARMACY, LABORATORY, FIVE, TWO, GROWING, LOCAL, PADDED, MANAGER, OTHERS] = AIMS.map(
  (a) => a.name,
);

export interface Theft {
  readonly aim: string;
  /** As on the command line of `vigie simulate --attack`. */
  readonly attack: string;
}

export const THEFTS: readonly Theft[] = [
  { aim: SWEEP!, attack: 'sweep:size=small' },
  { aim: SWEEP!, attack: 'sweep:size=large' },
  { aim: SWEEP!, attack: 'sweep:rate=300,hours=closed,size=medium' },
  { aim: SMALL!, attack: 'stolen-list:size=small' },
  { aim: PHARMACY!, attack: 'stolen-list:profession=pharmacist' },
  { aim: LABORATORY!, attack: 'stolen-list:profession=laboratory' },
  { aim: FIVE!, attack: 'stolen-list:rate=5,days=20,size=small' },
  { aim: FIVE!, attack: 'stolen-list:rate=5,days=20,profession=pharmacist' },
  { aim: TWO!, attack: 'stolen-list:rate=2,days=25,size=small' },
  { aim: GROWING!, attack: 'boiling-frog:size=small' },
  { aim: GROWING!, attack: 'boiling-frog:size=medium' },
  { aim: LOCAL!, attack: 'local-list:size=small' },
  { aim: LOCAL!, attack: 'local-list:size=medium' },
  { aim: PADDED!, attack: 'padded:size=small' },
  { aim: PADDED!, attack: 'padded:size=medium' },
  { aim: MANAGER!, attack: 'manager' },
  { aim: MANAGER!, attack: 'manager:rate=3600' },
  { aim: OTHERS!, attack: 'slow-sweep:size=small' },
  { aim: OTHERS!, attack: 'slow-sweep:size=medium' },
  { aim: OTHERS!, attack: 'closed-hours:size=medium' },
  { aim: OTHERS!, attack: 'dormant' },
  { aim: OTHERS!, attack: 'forged-followup:size=small' },
  { aim: OTHERS!, attack: 'real-patients:size=small' },
  // From the holder's own device and line: malware, a borrowed session, the holder. Nothing is new but who is looked up.
  { aim: OTHERS!, attack: 'stolen-list:size=small,source=victim' },
  { aim: OTHERS!, attack: 'stolen-list:profession=pharmacist,source=victim' },
  { aim: OTHERS!, attack: 'stolen-list:rate=5,days=20,size=small,source=victim' },
  { aim: OTHERS!, attack: 'local-list:size=small,source=victim' },
  // A file in its own order: its neighbours look like one age group, or like one town.
  { aim: OTHERS!, attack: 'stolen-list:size=small,sorted=true' },
  { aim: OTHERS!, attack: 'stolen-list:profession=pharmacist,source=victim,sorted=true' },
];

export function specOf(attack: string): AttackSpec {
  const parsed = parseAttack(attack);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** The power curve: one national list a profession and pace, over three weeks, from the thief's own line or the victim's. */
export const CURVE_RATES = [0.5, 1, 2, 5, 15, 60] as const;
export const CURVE_PROFESSIONS = [
  'pharmacist',
  'optician',
  'audiologist',
  'dentist',
  'physician',
  'laboratory',
  'hospital',
  'nurse',
  'physiotherapist',
  'radiology',
] as const;
export const CURVE_DAYS = 21;
export const CURVE_SOURCES = ['own', 'victim'] as const;
export type CurveSource = (typeof CURVE_SOURCES)[number];
export const curveAttack = (profession: string, rate: number, source: CurveSource): string =>
  `stolen-list:profession=${profession},rate=${rate},days=${CURVE_DAYS},start=43,source=${source}`;

/** Streams switched off together: views of the same behaviour would stand in for each other. */
export const ABLATIONS: Readonly<Record<string, readonly string[]>> = {
  territory: ['territory', 'territory_new_source'],
  miss: ['miss', 'miss_new_source'],
  adjacency: ['adjacency'],
  unseen: ['unseen'],
  'no follow-up': ['no_follow_up_30m', 'no_follow_up_3h', 'no_follow_up_1d', 'no_follow_up_9d'],
  rate: ['rate'],
  'new source': ['new_source'],
};
