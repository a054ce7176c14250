/**
 * What honest people do that looks like theft, or that breaks a baseline. Each can be switched off by name, each instance
 * is recorded, so that a false alarm can be traced to its cause. Rates are per account and month unless said otherwise;
 * they are assumptions on the high side.
 */
import type { Random } from '#libs/base/random.ts';
import type { Habits } from './professions.ts';

export const HARD_CASES = [
  'recheck',
  'screening',
  'locum',
  'takeover',
  'moved',
  'tourists',
  'epidemic',
  'call-centre',
  'billing-switch',
  'new-account',
  'growth',
  'night-duty',
  'new-device',
  'travel',
  'shared-desk',
  'clock-skew',
  'retry-storm',
  'duplicates',
  'late-batch',
  'insurer-outage',
  'insurer-migration',
  'portal-release',
] as const;
export type HardCase = (typeof HARD_CASES)[number];
/** What comes to half a portal or all of it once in years: there where it is asked for. */
export const RARE_CASES: readonly HardCase[] = ['insurer-migration', 'portal-release'];
/** Those of ordinary months. */
export const USUAL_CASES: readonly HardCase[] = HARD_CASES.filter((name) => !RARE_CASES.includes(name));

/** One instance: from `fromDay` up to and without `toDay` (days since the epoch; a lasting change has the end of the run). */
export interface HardCaseInstance {
  readonly kind: HardCase;
  readonly fromDay: number;
  readonly toDay: number;
  /** Strength, meaning by kind: a factor of volume, or a share. */
  readonly strength: number;
  /** Any number: keys the instance's own choices. */
  readonly key: number;
}

const SOLO = new Set(['optician', 'audiologist', 'dentist', 'physician', 'nurse', 'physiotherapist', 'pharmacist']);
const SCREENING = new Set([
  'pharmacist',
  'optician',
  'dentist',
  'physician',
  'nurse',
  'laboratory',
  'hospital',
  'audiologist',
]);

interface Rule {
  readonly monthly: (habits: Habits) => number;
  readonly days: (random: Random) => number;
  readonly strength: (random: Random) => number;
}

const human = (habits: Habits): boolean => habits.accountClass === 'professional';
const forever = () => 1e6;
const one = () => 1;

/** Cases that start on some day by chance. The others follow from the account, the region or the calendar. */
const RULES: ReadonlyMap<HardCase, Rule> = new Map<HardCase, Rule>([
  // A tenth of these take two days.
  ['recheck', { monthly: () => 0.01, days: (r) => (r.chance(0.15) ? 2 : 1), strength: (r) => r.between(0.15, 0.9) }],
  [
    'screening',
    {
      monthly: (h) => (SCREENING.has(h.profession) && human(h) ? 0.01 : 0),
      days: one,
      strength: (r) => r.between(15, 90),
    },
  ],
  [
    'locum',
    {
      monthly: (h) => (SOLO.has(h.profession) && human(h) ? 0.02 : 0),
      days: (r) => 5 + r.int(24),
      strength: (r) => r.between(0.6, 1.3),
    },
  ],
  [
    'takeover',
    {
      monthly: (h) => (SOLO.has(h.profession) && human(h) ? 0.003 : 0),
      days: forever,
      strength: (r) => r.between(0.8, 1.8),
    },
  ],
  ['moved', { monthly: (h) => (SOLO.has(h.profession) && human(h) ? 0.002 : 0), days: forever, strength: one }],
  [
    'call-centre',
    {
      monthly: (h) => (h.accountClass === 'manager' ? 0.25 : 0),
      days: (r) => 1 + r.int(3),
      strength: (r) => r.between(1.8, 3.5),
    },
  ],
  ['billing-switch', { monthly: () => 0.005, days: (r) => (r.chance(0.6) ? 1 + r.int(4) : 1e6), strength: one }],
  ['new-device', { monthly: (h) => (h.accountClass === 'software' ? 0.005 : 0.04), days: forever, strength: one }],
  ['travel', { monthly: (h) => (human(h) ? 0.02 : 0), days: (r) => 1 + r.int(6), strength: one }],
  ['retry-storm', { monthly: (h) => 0.003 + 0.008 * h.billsByApi, days: one, strength: (r) => r.between(20, 400) }],
  ['late-batch', { monthly: () => 0.04, days: one, strength: (r) => r.between(1, 21) }],
  [
    'growth',
    { monthly: (h) => (human(h) ? 0.004 : 0), days: (r) => 30 + r.int(120), strength: (r) => r.between(0.01, 0.03) },
  ],
]);

/** January's re-check of everybody's rights: share of the accounts that do one in the month. */
const JANUARY_RECHECKS = 0.15;

/** Draws an account's instances between two days. `isJanuary` tells for a day. */
export function scheduleCases(
  habits: Habits,
  fromDay: number,
  toDay: number,
  enabled: ReadonlySet<HardCase>,
  isJanuary: (day: number) => boolean,
  stream: (kind: HardCase) => Random,
): HardCaseInstance[] {
  const instances: HardCaseInstance[] = [];
  for (const [kind, rule] of RULES) {
    if (!enabled.has(kind)) continue;
    const random = stream(kind);
    const monthly = rule.monthly(habits);
    for (let day = fromDay; day < toDay; day++) {
      const daily = (kind === 'recheck' && isJanuary(day) ? JANUARY_RECHECKS : monthly) / 30;
      if (!random.chance(daily)) continue;
      const end = Math.min(toDay, day + rule.days(random));
      instances.push({ kind, fromDay: day, toDay: end, strength: rule.strength(random), key: random.uint32() });
    }
  }
  return instances;
}
