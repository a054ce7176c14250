import type { BirthShape } from './france.ts';

/** What a portal is like and what its log holds: every choice is a stated assumption. Days count from 0, hours from midnight. */
export interface PortalOptions {
  readonly what: string;
  readonly accounts: number;
  readonly days: number;
  /** Days at the start in which nothing is measured. */
  readonly warmUpDays: number;
  readonly start: string;
  /** Hours ahead of UTC; undefined: mainland France. */
  readonly zone?: number;
  /** Where its accounts are, with weights; undefined: all France by population. */
  readonly departments?: readonly (readonly [string, number])[];
  readonly shape?: Partial<BirthShape>;
  /** The log has organisation, creation date, country, channel and contract. */
  readonly rich?: boolean;
  /** The log has the number of the network. */
  readonly asn?: boolean;
  /** False: no device and no user agent. */
  readonly devices?: boolean;
  /** False: no class, profession or department. */
  readonly known?: boolean;
  readonly noSession?: boolean;
  /** People by token in place of NIR. */
  readonly tokens?: boolean;
  /** False: nobody bills by software of its own. */
  readonly billsByApi?: boolean;
  /** No follow-ups in the log at all. */
  readonly noFollowUps?: boolean;
  /** August is quiet. */
  readonly summer?: boolean;
  /** Days [from, to) in which more people are ill. */
  readonly epidemic?: readonly [number, number];
  /** [day, from hour, to hour) in which the portal answers with errors. */
  readonly outages?: readonly (readonly [number, number, number])[];
  /** Days [from, to) in which half of the billing programs are down. */
  readonly billingOutage?: readonly [number, number];
  /** Days [from, to) in which an insurer changes its numbers and many practices check its people again. */
  readonly migration?: readonly [number, number];
  /** The log is in order of minutes, and of accounts within each. */
  readonly byMinute?: boolean;
  /** Lines are late by up to this, a few by far more. */
  readonly jitterMs?: number;
  /** 'each': one of every kind; 'none': only honest accounts. */
  readonly thefts: 'each' | 'campaigns' | 'staggered' | 'none';
  /** A small portal has every sixth kind of theft, from this one on. */
  readonly everySixth?: number;
}

/** As in '29:2 22:1'. */
const shares = (text: string): [string, number][] =>
  text.split(' ').map((pair) => {
    const [department, weight] = pair.split(':');
    return [department, Number(weight)];
  });

const SMALL = {
  accounts: 40,
  days: 98,
  warmUpDays: 35,
  start: '2026-02-02',
  rich: true,
  departments: shares('29:2 22:1'),
  thefts: 'each',
} as const;

export const PORTALS: Readonly<Record<string, PortalOptions>> = {
  P1: {
    what: 'a rich log, new year, an epidemic',
    accounts: 300,
    days: 84,
    warmUpDays: 35,
    start: '2025-12-01',
    rich: true,
    asn: true,
    epidemic: [50, 58],
    outages: [[45, 10, 12]],
    thefts: 'each',
  },
  P2: {
    what: 'no devices; the billing of many down for three days',
    accounts: 260,
    days: 84,
    warmUpDays: 35,
    start: '2026-01-19',
    devices: false,
    departments: shares('69:3 38:2 01:1 42:1 73:1'),
    outages: [[60, 14, 15.5]],
    billingOutage: [47, 50],
    thefts: 'each',
  },
  P3: {
    what: 'tokens in place of NIR',
    accounts: 260,
    days: 84,
    warmUpDays: 35,
    start: '2025-09-08',
    tokens: true,
    departments: shares('31:3 81:1 82:1 09:1'),
    thefts: 'each',
  },
  P4: { what: 'forty accounts', ...SMALL, everySixth: 2 },
  P4b: { what: 'forty accounts, other thefts', ...SMALL, everySixth: 0 },
  P5: {
    what: 'ten days of warm-up',
    accounts: 260,
    days: 45,
    warmUpDays: 10,
    start: '2026-04-13',
    asn: true,
    thefts: 'each',
  },
  P6: {
    what: 'Réunion',
    accounts: 220,
    days: 84,
    warmUpDays: 35,
    start: '2026-03-02',
    zone: 4,
    departments: shares('974:1'),
    rich: true,
    thefts: 'each',
  },
  P6b: {
    what: 'at the Belgian border',
    accounts: 220,
    days: 84,
    warmUpDays: 35,
    start: '2026-01-26',
    departments: shares('59:4 08:1 02:1'),
    shape: { country: '131', abroad: 0.3, home: 0.4 },
    thefts: 'each',
  },
  P7: {
    what: 'ordered by account within each minute, late lines, an insurer’s migration',
    accounts: 220,
    days: 77,
    warmUpDays: 35,
    start: '2025-11-10',
    byMinute: true,
    jitterMs: 20e3,
    asn: true,
    migration: [50, 57],
    thefts: 'each',
  },
  P8: {
    what: 'no follow-ups, summer',
    accounts: 220,
    days: 77,
    warmUpDays: 35,
    start: '2026-06-08',
    noFollowUps: true,
    billsByApi: false,
    summer: true,
    thefts: 'each',
  },
  P9: {
    what: 'no class, profession, department or session',
    accounts: 260,
    days: 77,
    warmUpDays: 35,
    start: '2026-01-26',
    known: false,
    noSession: true,
    departments: shares('75:4 92:2 93:2 77:1 95:1'),
    thefts: 'each',
  },
  P10: {
    what: 'three campaigns at once',
    accounts: 330,
    days: 70,
    warmUpDays: 35,
    start: '2026-02-16',
    asn: true,
    departments: shares('44:3 49:1 85:1 35:2 56:1 59:3 62:2 13:3 84:1'),
    thefts: 'campaigns',
  },
  P11: {
    what: 'honest accounts only',
    accounts: 300,
    days: 84,
    warmUpDays: 35,
    start: '2025-12-01',
    asn: true,
    thefts: 'none',
  },
  P12: {
    what: 'slow campaigns, no devices',
    accounts: 330,
    days: 72,
    warmUpDays: 35,
    start: '2026-02-16',
    devices: false,
    thefts: 'staggered',
  },
};
