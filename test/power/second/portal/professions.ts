/** What each profession's days are like. Assumptions, from how these practices work; none comes from measured data. */
export interface Profession {
  /** Share among the accounts. */
  readonly weight: number;
  /** People served on an open day: median and spread of the logarithm. */
  readonly visits: readonly [number, number];
  /** Share of people new to the practice. */
  readonly fresh: number;
  /** Probability that a look-up is followed by a bill. */
  readonly followUp: number;
  readonly delay: 'now' | 'evening' | 'nextWorkingDay' | 'week' | 'days' | 'mixed';
  /** Hours of the day. */
  readonly open: readonly [number, number];
  /** 0: Sunday. */
  readonly weekdays: readonly number[];
  /** People in its file. */
  readonly clients: number;
  /** Machines that all are used each day; undefined: one, two or four. */
  readonly machines?: number;
  readonly kind?: 'manager' | 'software';
}

const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];
const MONDAY_TO_SATURDAY = [1, 2, 3, 4, 5, 6];
const TUESDAY_TO_SATURDAY = [2, 3, 4, 5, 6];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

export const PROFESSIONS = {
  optician: {
    weight: 24,
    visits: [3.6, 0.7],
    fresh: 0.5,
    followUp: 0.68,
    delay: 'mixed',
    open: [9.5, 19],
    weekdays: TUESDAY_TO_SATURDAY,
    clients: 1400,
  },
  pharmacist: {
    weight: 15,
    visits: [32, 0.55],
    fresh: 0.14,
    followUp: 0.9,
    delay: 'now',
    open: [8.5, 19.75],
    weekdays: MONDAY_TO_SATURDAY,
    clients: 2600,
  },
  dentist: {
    weight: 17,
    visits: [7, 0.5],
    fresh: 0.14,
    followUp: 0.6,
    delay: 'mixed',
    open: [8.5, 18.5],
    weekdays: MONDAY_TO_FRIDAY,
    clients: 1500,
  },
  physician: {
    weight: 9,
    visits: [11, 0.6],
    fresh: 0.14,
    followUp: 0.7,
    delay: 'evening',
    open: [8.5, 19.5],
    weekdays: MONDAY_TO_FRIDAY,
    clients: 1300,
  },
  nurse: {
    weight: 11,
    visits: [6, 0.5],
    fresh: 0.1,
    followUp: 0.75,
    delay: 'week',
    open: [6.5, 20],
    weekdays: EVERY_DAY,
    clients: 60,
  },
  physiotherapist: {
    weight: 7,
    visits: [6, 0.5],
    fresh: 0.08,
    followUp: 0.7,
    delay: 'week',
    open: [8, 19.5],
    weekdays: MONDAY_TO_FRIDAY,
    clients: 120,
  },
  laboratory: {
    weight: 3.5,
    visits: [60, 0.45],
    fresh: 0.35,
    followUp: 0.88,
    delay: 'nextWorkingDay',
    open: [7, 17],
    weekdays: MONDAY_TO_SATURDAY,
    clients: 6000,
    machines: 5,
  },
  hospital: {
    weight: 3,
    visits: [85, 0.6],
    fresh: 0.5,
    followUp: 0.55,
    delay: 'days',
    open: [7, 21],
    weekdays: EVERY_DAY,
    clients: 5000,
    machines: 12,
  },
  radiology: {
    weight: 3,
    visits: [28, 0.4],
    fresh: 0.55,
    followUp: 0.85,
    delay: 'evening',
    open: [8, 18.5],
    weekdays: MONDAY_TO_SATURDAY,
    clients: 2500,
    machines: 3,
  },
  audiologist: {
    weight: 4,
    visits: [2.6, 0.5],
    fresh: 0.4,
    followUp: 0.5,
    delay: 'days',
    open: [9.5, 18.5],
    weekdays: TUESDAY_TO_SATURDAY,
    clients: 500,
  },
  ambulance: {
    weight: 2.5,
    visits: [7, 0.5],
    fresh: 0.3,
    followUp: 0.8,
    delay: 'week',
    open: [6, 20],
    weekdays: EVERY_DAY,
    clients: 500,
  },
  payer: {
    weight: 2,
    visits: [110, 0.5],
    fresh: 0.75,
    followUp: 0,
    delay: 'now',
    open: [8.5, 18],
    weekdays: MONDAY_TO_FRIDAY,
    clients: 3000,
    kind: 'manager',
  },
  software: {
    weight: 1.5,
    visits: [120, 0.7],
    fresh: 0.2,
    followUp: 0.6,
    delay: 'now',
    open: [7, 21],
    weekdays: EVERY_DAY,
    clients: 5000,
    kind: 'software',
  },
} as const satisfies Readonly<Record<string, Profession>>;

export type ProfessionName = keyof typeof PROFESSIONS;
