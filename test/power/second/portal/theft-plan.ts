import type { Account } from './accounts.ts';
import type { Casting } from './casting.ts';
import { isA, isSmall } from './casting.ts';
import type { TargetKind } from './theft-targets.ts';
import type { World } from './world.ts';

/** How fast: draws of a mean, or a fixed gap up to a number of people, or a burst a day, or a little more each day. */
export type Pace =
  | { readonly perHour: number }
  | { readonly perDay: number }
  | { readonly gapMs: number; readonly most: number }
  | { readonly burst: number }
  | { readonly growth: number };

/** What a thief does with the accounts that were stolen. */
export interface Theft {
  readonly people: TargetKind | 'exports';
  readonly pace: Pace;
  /** Hours of the day; those of 24 and more are in the next day's morning. */
  readonly hours: readonly [number, number];
  readonly days: number;
  /** 'fresh': a machine and a network of the thief's; 'own': the holder's; 'hopping': another each time. */
  readonly from?: 'fresh' | 'own' | 'hopping' | 'sharedNetwork';
  /** Days within which the accounts of one theft begin. */
  readonly stagger?: number;
  readonly api?: boolean;
  readonly search?: boolean;
  /** Share of the people for whom a bill is sent. */
  readonly forged?: number;
  /** People of the account's own file looked up after each stolen one. */
  readonly padding?: number;
}

export interface TheftPlan extends Theft {
  readonly id: string;
  readonly kind: string;
  readonly accounts: readonly Account[];
  readonly firstDay: number;
}

const isInCampaign = (account: Account): boolean => isSmall(account) || isA('pharmacist', 'nurse')(account);
const DAYTIME = [9, 19] as const;

/** Who is robbed how: of everything one, or of a few campaigns, as the portal has it. */
export function planThefts(world: World, casting: Casting): TheftPlan[] {
  switch (world.portal.thefts) {
    case 'none':
      return [];
    case 'campaigns':
      return campaigns(casting);
    case 'staggered':
      return staggered(casting);
    case 'each':
      return oneOfEach(world, casting);
  }
}

function campaigns(casting: Casting): TheftPlan[] {
  const list: Theft = { people: 'national', pace: { perDay: 20 }, hours: [8, 21], days: 6 };
  const kind = 'campaign';
  const take = (count: number) => casting.takeMany(count, isInCampaign);
  return [
    { ...list, id: 'hundredShared', kind, accounts: take(60), firstDay: 45, from: 'sharedNetwork' },
    { ...list, id: 'hundredUnshared', kind, accounts: take(60), firstDay: 56 },
    {
      id: 'split20',
      kind,
      accounts: take(20),
      firstDay: 50,
      people: 'sweep',
      pace: { perHour: 20 },
      hours: [8, 20],
      days: 4,
    },
  ];
}

function staggered(casting: Casting): TheftPlan[] {
  const list: Theft = { people: 'national', pace: { perDay: 15 }, hours: [8, 21], days: 14, stagger: 9 };
  const kind = 'campaign';
  const own = { pace: { perDay: 10 }, days: 10, from: 'own', stagger: 6 } as const;
  return [
    { ...list, id: 'sixtyStaggered', kind, accounts: casting.takeMany(60, isInCampaign), firstDay: 42 },
    { ...list, ...own, id: 'fortyOwnDevice', kind, accounts: casting.takeMany(40, isInCampaign), firstDay: 58 },
  ];
}

/** A theft with whom it is done to. */
type Kind = readonly [id: string, suits: (account: Account) => boolean, theft: Theft];

function oneOfEach(world: World, casting: Casting): TheftPlan[] {
  const { portal, calendar } = world;
  const { warmUpDays } = portal;
  const plans: TheftPlan[] = [];
  let order = 0;
  const wanted = (): boolean => portal.everySixth === undefined || order++ % 6 === portal.everySixth;
  const rob = (id: string, account: Account | undefined, theft: Theft, firstDay?: number): void => {
    if (account === undefined) return;
    const from = firstDay ?? casting.workingDay(warmUpDays + 3, calendar.days - 16);
    plans.push({ ...theft, id, kind: id, accounts: [account], firstDay: from });
  };
  const robSome = ([id, suits, theft]: Kind, firstDay?: number): void => {
    if (wanted()) rob(id, casting.take(suits), theft, firstDay);
  };

  for (const kind of FAST_TO_PADDED) robSome(kind);
  const days = Math.min(35, calendar.days - warmUpDays - 4);
  robSome(
    ['boiling', isSmall, { people: 'national', pace: { growth: 1.09 }, hours: DAYTIME, days, from: 'own' }],
    warmUpDays + 2,
  );
  for (const kind of MANAGER_TO_REGIONAL) robSome(kind);

  const list: Theft = { people: 'national', pace: { perHour: 20 }, hours: DAYTIME, days: 8 };
  // Somebody who has not been there for weeks.
  const dormant = casting.take(isSmall);
  if (dormant) dormant.silent = [2, 999];
  if (dormant && wanted()) rob('dormant20', dormant, list);
  // A practice in its first week.
  const newcomer = casting.take(isA('optician'));
  if (newcomer) {
    newcomer.start = Math.min(warmUpDays + 10, calendar.days - 20);
    newcomer.cases.push({ kind: 'new', from: newcomer.start, to: 999 });
    if (wanted()) rob('firstWeek20', newcomer, list, newcomer.start + 3);
  }
  // From before anything was learnt.
  robSome(['warmUp5', isSmall, { ...list, pace: { perHour: 5 }, days: 60 }], 4);
  for (const kind of OTHER_WAYS) robSome(kind);
  return plans;
}

const ROUND_THE_CLOCK = [0, 24] as const;

const FAST_TO_PADDED: readonly Kind[] = [
  ['sweepFast', isA('optician'), { people: 'sweep', pace: { gapMs: 1e3, most: 3000 }, hours: [10, 24], days: 1 }],
  ['sweepNight', isSmall, { people: 'sweep', pace: { perHour: 40 }, hours: [1, 5], days: 6 }],
  ['nat60opt', isA('optician'), { people: 'national', pace: { perHour: 60 }, hours: ROUND_THE_CLOCK, days: 5 }],
  ['nat60pha', isA('pharmacist'), { people: 'national', pace: { perHour: 60 }, hours: [8, 20], days: 5 }],
  ['nat60lab', isA('laboratory'), { people: 'national', pace: { perHour: 60 }, hours: [8, 20], days: 5 }],
  ['nat20den', isA('dentist'), { people: 'national', pace: { perHour: 20 }, hours: [9, 18], days: 8 }],
  ['nat20hos', isA('hospital', 'radiology'), { people: 'national', pace: { perHour: 20 }, hours: [8, 20], days: 8 }],
  ['nat5opt', isA('optician'), { people: 'national', pace: { perHour: 5 }, hours: DAYTIME, days: 12 }],
  ['nat5night', isSmall, { people: 'national', pace: { perHour: 5 }, hours: [20, 31], days: 12 }],
  ['nat5pha', isA('pharmacist'), { people: 'national', pace: { perHour: 5 }, hours: DAYTIME, days: 12 }],
  ['nat2', isA('physician', 'dentist'), { people: 'national', pace: { perHour: 2 }, hours: DAYTIME, days: 15 }],
  ['nat2nurse', isA('nurse'), { people: 'national', pace: { perHour: 2 }, hours: [7, 21], days: 15 }],
  ['local20', isSmall, { people: 'ownTown', pace: { perHour: 20 }, hours: DAYTIME, days: 8 }],
  ['local60pha', isA('pharmacist'), { people: 'ownTown', pace: { perHour: 60 }, hours: DAYTIME, days: 5 }],
  ['inCare20', isSmall, { people: 'neighboursFiles', pace: { perHour: 20 }, hours: DAYTIME, days: 8 }],
  ['padKnown', isSmall, { people: 'national', pace: { perHour: 10 }, hours: DAYTIME, days: 10, padding: 3 }],
  [
    'padForged',
    isA('optician', 'dentist'),
    { people: 'national', pace: { perHour: 10 }, hours: DAYTIME, days: 10, forged: 0.8 },
  ],
  [
    'forgedLocal',
    isA('optician', 'dentist', 'physician'),
    { people: 'ownTown', pace: { perHour: 10 }, hours: DAYTIME, days: 10, forged: 0.8 },
  ],
];

const MANAGER_TO_REGIONAL: readonly Kind[] = [
  [
    'manager1s',
    (account) => account.kind === 'manager',
    { people: 'national', pace: { gapMs: 1e3, most: 8000 }, hours: [9, 18], days: 1 },
  ],
  [
    'manager100',
    (account) => account.kind === 'manager',
    { people: 'national', pace: { perHour: 100 }, hours: [8, 19], days: 6 },
  ],
  [
    'software200',
    (account) => account.kind === 'software',
    { people: 'national', pace: { perHour: 200 }, hours: ROUND_THE_CLOCK, days: 4, api: true },
  ],
  [
    'apiPro60',
    (account) => isSmall(account) && account.billsByApi,
    { people: 'national', pace: { perHour: 60 }, hours: ROUND_THE_CLOCK, days: 4, api: true },
  ],
  ['burst3min', isA('optician'), { people: 'national', pace: { burst: 60 }, hours: [15, 16], days: 10 }],
  ['ownDevice20', isSmall, { people: 'national', pace: { perHour: 20 }, hours: DAYTIME, days: 8, from: 'own' }],
  [
    'shadow5',
    isA('physician', 'dentist', 'optician'),
    { people: 'national', pace: { perHour: 5 }, hours: [9, 18], days: 12, from: 'own' },
  ],
  ['homeBorn20', isSmall, { people: 'bornAtHome', pace: { perHour: 20 }, hours: DAYTIME, days: 8 }],
  ['regional20', isSmall, { people: 'region', pace: { perHour: 20 }, hours: DAYTIME, days: 8 }],
];

const OTHER_WAYS: readonly Kind[] = [
  ['insurer20', isSmall, { people: 'insurer', pace: { perHour: 20 }, hours: DAYTIME, days: 8 }],
  [
    'exportRows',
    isA('optician', 'pharmacist', 'dentist'),
    { people: 'exports', pace: { perHour: 6 }, hours: [10, 14], days: 3 },
  ],
  ['searchNat20', isSmall, { people: 'national', pace: { perHour: 20 }, hours: DAYTIME, days: 8, search: true }],
  [
    'ipHop20',
    isA('physician', 'optician', 'dentist'),
    { people: 'national', pace: { perHour: 20 }, hours: DAYTIME, days: 8, from: 'hopping' },
  ],
];
