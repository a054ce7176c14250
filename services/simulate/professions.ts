/**
 * How each profession uses a tiers-payant portal: how many people a day, how many of them new, when, and when the billing
 * follows. The opticians' sizes are those stated for French portals (mean 3.7 people a day, 37 % of accounts under 2, 5 %
 * over 10); the other figures are assumptions in proportion, wide on purpose.
 */
import type { AccountClass, Profession } from '#libs/model/codes.ts';

/** Shares of the follow-ups that come so many minutes later, in the evening, on the next working day, 2 to 9 days on. */
export type FollowUpDelays = readonly [minutes: number, evening: number, nextDay: number, days: number];

export interface Habits {
  readonly profession: Profession;
  readonly accountClass: AccountClass;
  /** Share of all accounts. */
  readonly share: number;
  /** People an open weekday: log-normal over accounts, of the logarithm. */
  readonly sizeMu: number;
  readonly sizeSigma: number;
  /** Share of visits by somebody the account never saw. */
  readonly novelty: number;
  /** Share of found people for whom a pec.request or claim.submit follows. */
  readonly followUp: number;
  readonly delays: FollowUpDelays;
  /** Share of the accounts that bill by a practice program (api) and not on the portal's pages. */
  readonly billsByApi: number;
  /** Whether a prise en charge is asked for before the claim. */
  readonly asksPec: boolean;
  /** Share of look-ups that go through the api channel, for accounts which have one. */
  readonly looksUpByApi: number;
  /** Share of web look-ups that begin with a search. */
  readonly search: number;
  /** Share of look-ups that find nobody. */
  readonly misses: number;
  /** Size of the negative binomial of a day's count: the smaller, the wilder. */
  readonly dispersion: number;
  /** Weight of each local hour. */
  readonly hours: readonly number[];
  /** Saturday's and Sunday's (and public holidays') share of a weekday. */
  readonly saturday: number;
  readonly sunday: number;
  /** Share of the people who are dependants on somebody else's NIR. */
  readonly dependants: number;
  /** Relative frequency by decade of age: 10-19, 20-29, … 90-99. */
  readonly ages: readonly number[];
}

const hours = (spec: Record<string, number>): number[] => {
  const out = new Array<number>(24).fill(0);
  for (const [range, weight] of Object.entries(spec)) {
    const [from, to] = range.split('-').map(Number) as [number, number];
    for (let h = from; h < to; h++) out[h] = weight;
  }
  return out;
};

const SHOP = hours({ '9-10': 0.7, '10-12': 1.2, '12-14': 0.35, '14-18': 1, '18-19': 0.8, '19-20': 0.1 });
const PHARMACY = hours({
  '8-9': 0.5,
  '9-12': 1.2,
  '12-14': 0.6,
  '14-16': 0.9,
  '16-19': 1.3,
  '19-20': 0.5,
  '20-21': 0.03,
});
const PRACTICE = hours({
  '8-9': 0.8,
  '9-12': 1.2,
  '12-14': 0.3,
  '14-18': 1.1,
  '18-19': 0.6,
  '19-20': 0.2,
  '20-22': 0.05,
});
const ROUNDS = hours({ '6-7': 0.4, '7-12': 1, '12-14': 0.6, '14-17': 0.4, '17-20': 1, '20-23': 0.5 });
const LABORATORY = hours({ '7-8': 1.2, '8-11': 1.6, '11-13': 0.8, '13-17': 0.5, '17-19': 0.2 });
const HOSPITAL = hours({ '0-6': 0.08, '6-8': 0.3, '8-12': 1.2, '12-14': 0.8, '14-18': 1, '18-20': 0.4, '20-24': 0.15 });
const OFFICE = hours({ '8-9': 0.5, '9-12': 1.1, '12-14': 0.5, '14-17': 1.1, '17-18': 0.7, '18-19': 0.1 });
const BATCH = hours({ '0-3': 0.4, '3-5': 0.8, '5-8': 0.3, '8-19': 1, '19-22': 0.4, '22-24': 0.5 });

const ANYBODY = [0.5, 0.8, 0.9, 0.9, 1, 1, 1, 1, 0.8];
const OLDER = [0.15, 0.25, 0.3, 0.4, 0.6, 0.8, 1, 1, 1];
const GLASSES = [0.5, 0.5, 0.5, 0.7, 1, 1, 1, 0.9, 0.6];

const base = {
  accountClass: 'professional',
  looksUpByApi: 0.5,
  search: 0.35,
  dispersion: 8,
  sunday: 0,
  ages: ANYBODY,
  dependants: 0.15,
} as const;

export const HABITS: readonly Habits[] = [
  {
    ...base,
    profession: 'pharmacist',
    share: 0.19,
    sizeMu: 3.8,
    sizeSigma: 0.75,
    novelty: 0.2,
    followUp: 0.86,
    delays: [0.88, 0.05, 0.05, 0.02],
    billsByApi: 0.75,
    asksPec: false,
    misses: 0.02,
    dispersion: 14,
    hours: PHARMACY,
    saturday: 0.7,
    sunday: 0.01,
    ages: [0.3, 0.5, 0.6, 0.6, 0.8, 0.9, 1, 1, 1],
  },
  {
    ...base,
    profession: 'optician',
    share: 0.16,
    sizeMu: 0.963,
    sizeSigma: 0.814,
    novelty: 0.56,
    followUp: 0.8,
    delays: [0.5, 0.05, 0.15, 0.3],
    billsByApi: 0.45,
    asksPec: true,
    misses: 0.018,
    dispersion: 5,
    hours: SHOP,
    saturday: 1.1,
    ages: GLASSES,
  },
  {
    ...base,
    profession: 'audiologist',
    share: 0.06,
    sizeMu: 0.6,
    sizeSigma: 0.7,
    novelty: 0.35,
    followUp: 0.75,
    delays: [0.4, 0.05, 0.2, 0.35],
    billsByApi: 0.4,
    asksPec: true,
    misses: 0.015,
    dispersion: 5,
    hours: SHOP,
    saturday: 0.4,
    dependants: 0.03,
    ages: OLDER,
  },
  {
    ...base,
    profession: 'dentist',
    share: 0.16,
    sizeMu: 1.4,
    sizeSigma: 0.75,
    novelty: 0.28,
    followUp: 0.78,
    delays: [0.55, 0.15, 0.15, 0.15],
    billsByApi: 0.6,
    asksPec: true,
    misses: 0.015,
    hours: PRACTICE,
    saturday: 0.25,
    dependants: 0.2,
  },
  {
    ...base,
    profession: 'physician',
    share: 0.1,
    sizeMu: 1.6,
    sizeSigma: 0.9,
    novelty: 0.14,
    followUp: 0.85,
    delays: [0.5, 0.4, 0.08, 0.02],
    billsByApi: 0.7,
    asksPec: false,
    misses: 0.015,
    hours: PRACTICE,
    saturday: 0.4,
    dependants: 0.2,
  },
  {
    ...base,
    profession: 'laboratory',
    share: 0.05,
    sizeMu: 4.4,
    sizeSigma: 0.8,
    novelty: 0.45,
    followUp: 0.88,
    delays: [0.2, 0.25, 0.45, 0.1],
    billsByApi: 0.85,
    asksPec: false,
    misses: 0.03,
    dispersion: 12,
    hours: LABORATORY,
    saturday: 0.5,
    dependants: 0.08,
    ages: OLDER,
  },
  {
    ...base,
    profession: 'hospital',
    share: 0.05,
    sizeMu: 4.1,
    sizeSigma: 1,
    novelty: 0.52,
    followUp: 0.72,
    delays: [0.3, 0.05, 0.3, 0.35],
    billsByApi: 0.6,
    asksPec: true,
    misses: 0.035,
    dispersion: 12,
    hours: HOSPITAL,
    saturday: 0.4,
    sunday: 0.3,
  },
  {
    ...base,
    profession: 'nurse',
    share: 0.07,
    sizeMu: 1.3,
    sizeSigma: 0.6,
    novelty: 0.06,
    followUp: 0.85,
    delays: [0.15, 0.65, 0.12, 0.08],
    billsByApi: 0.7,
    asksPec: false,
    misses: 0.012,
    hours: ROUNDS,
    saturday: 0.8,
    sunday: 0.6,
    dependants: 0.04,
    ages: OLDER,
  },
  {
    ...base,
    profession: 'physiotherapist',
    share: 0.06,
    sizeMu: 1.1,
    sizeSigma: 0.6,
    novelty: 0.07,
    followUp: 0.82,
    delays: [0.35, 0.35, 0.15, 0.15],
    billsByApi: 0.65,
    asksPec: false,
    misses: 0.012,
    hours: PRACTICE,
    saturday: 0.2,
    dependants: 0.08,
  },
  {
    ...base,
    profession: 'radiology',
    share: 0.035,
    sizeMu: 3.4,
    sizeSigma: 0.7,
    novelty: 0.5,
    followUp: 0.85,
    delays: [0.6, 0.1, 0.2, 0.1],
    billsByApi: 0.7,
    asksPec: false,
    misses: 0.025,
    dispersion: 12,
    hours: PRACTICE,
    saturday: 0.3,
    dependants: 0.06,
  },
  {
    ...base,
    profession: 'ambulance',
    share: 0.02,
    sizeMu: 1.5,
    sizeSigma: 0.7,
    novelty: 0.3,
    followUp: 0.85,
    delays: [0.1, 0.3, 0.3, 0.3],
    billsByApi: 0.5,
    asksPec: false,
    misses: 0.02,
    hours: ROUNDS,
    saturday: 0.5,
    sunday: 0.3,
    dependants: 0.04,
    ages: OLDER,
  },
  {
    ...base,
    profession: 'other',
    share: 0.015,
    sizeMu: 0.8,
    sizeSigma: 0.9,
    novelty: 0.3,
    followUp: 0.7,
    delays: [0.4, 0.2, 0.2, 0.2],
    billsByApi: 0.5,
    asksPec: false,
    misses: 0.02,
    dispersion: 4,
    hours: PRACTICE,
    saturday: 0.3,
  },
  // The insurers' and the operator's own staff: national, on the phone, and what they bill is nothing.
  {
    ...base,
    profession: 'payer',
    accountClass: 'manager',
    share: 0.012,
    sizeMu: 3.9,
    sizeSigma: 0.5,
    novelty: 0.75,
    followUp: 0.12,
    delays: [0.7, 0.1, 0.15, 0.05],
    billsByApi: 0,
    looksUpByApi: 0,
    asksPec: true,
    misses: 0.03,
    dispersion: 10,
    hours: OFFICE,
    saturday: 0.1,
    search: 0.6,
  },
  // Practice programs that ask for rights by themselves, at all hours.
  {
    ...base,
    profession: 'pharmacist',
    accountClass: 'software',
    share: 0.01,
    sizeMu: 4.8,
    sizeSigma: 0.8,
    novelty: 0.25,
    followUp: 0.7,
    delays: [0.7, 0.1, 0.15, 0.05],
    billsByApi: 1,
    looksUpByApi: 1,
    asksPec: false,
    misses: 0.03,
    dispersion: 6,
    hours: BATCH,
    saturday: 0.8,
    sunday: 0.3,
    search: 0,
  },
  {
    ...base,
    profession: 'hospital',
    accountClass: 'software',
    share: 0.008,
    sizeMu: 5.2,
    sizeSigma: 0.8,
    novelty: 0.5,
    followUp: 0.6,
    delays: [0.2, 0.1, 0.4, 0.3],
    billsByApi: 1,
    looksUpByApi: 1,
    asksPec: true,
    misses: 0.04,
    dispersion: 6,
    hours: BATCH,
    saturday: 0.7,
    sunday: 0.5,
    search: 0,
  },
];
