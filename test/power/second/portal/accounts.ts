import type { Person, Town } from './person.ts';
import type { Profession, ProfessionName } from './professions.ts';
import { PROFESSIONS } from './professions.ts';
import type { Random } from './random.ts';
import { randomOf, seedOf } from './random.ts';
import type { Machine, Network } from './sources.ts';
import { addressIn, HOME_NETWORKS, newMachine } from './sources.ts';
import type { World } from './world.ts';

/** Something that happens to an honest account and looks like a theft; days count from the portal's first. */
export interface HardCase {
  kind: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** People of a single hard day. */
  readonly people?: number;
  /** A list of the practice's own file: its order, seconds between two look-ups, and whether a program reads it. */
  readonly sort?: 'nir' | 'contract';
  readonly gapMs?: number;
  readonly api?: boolean;
  /** What a case remembers from its first day on. */
  town?: Town;
  machine?: Machine;
  address?: string;
}

/** An account with its holder's habits. What is not readonly changes as the days go by. */
export interface Account {
  readonly number: number;
  readonly id: string;
  readonly random: Random;
  readonly profession: ProfessionName;
  readonly habits: Profession;
  readonly kind: 'professional' | 'manager' | 'software';
  readonly town: Town;
  /** A manager, or a vendor whose program serves practices everywhere. */
  readonly servesAllFrance: boolean;
  readonly organisation: string;
  createdAt: string;
  /** People a day. */
  visits: number;
  fresh: number;
  /** 0: bills by another way that the portal does not see. */
  readonly followUp: number;
  readonly billsByApi: boolean;
  readonly searches: boolean;
  readonly typos: number;
  /** Shares of the people who come from its town, and from all France. */
  local: number;
  national: number;
  /** Where its people come from instead, one as often as another. */
  towns?: readonly Town[];
  file: Person[];
  machines: Machine[];
  network: Network;
  readonly hasFixedAddress: boolean;
  address: string;
  readonly isMobile: boolean;
  /** First day. */
  start: number;
  /** Silent on days [from, to). */
  silent?: readonly [number, number];
  holiday?: number;
  /** Weekday on which it bills the week. */
  billingDay?: number;
  clockSkewMs: number;
  readonly cases: HardCase[];
}

const PREFIX = { professional: 'PS', manager: 'GEST', software: 'LG' } as const;

/** Opens an account of a profession. The draws are the account's own: a change in one leaves the others as they were. */
export function openAccount(world: World, profession: ProfessionName): Account {
  const number = world.accounts.length;
  const random = randomOf(seedOf('acc', world.name, world.seed, number));
  const habits: Profession = PROFESSIONS[profession];
  const kind = habits.kind ?? 'professional';
  const town = random.pick(world.towns.local);
  const isVendor = kind === 'software' && random.chance(0.5);
  const { noFollowUps, billsByApi } = world.portal;
  const [median, spread] = habits.visits;
  const drawn = {
    organisation: String(100000000 + random.int(9e8)),
    createdAt: `20${10 + random.int(15)}-0${1 + random.int(9)}-1${random.int(9)}`,
    visits: Math.min(random.lognormal(median, spread), median * 5),
    fresh: Math.min(0.9, random.lognormal(habits.fresh, 0.3)),
    followUp:
      habits.followUp === 0 || random.chance(noFollowUps ? 1 : 0.09)
        ? 0
        : Math.min(0.97, habits.followUp + 0.12 * random.normal()),
    local: random.between(0.72, 0.93),
    national: random.between(0.02, 0.1),
    typos: random.between(0.01, 0.05),
    billsByApi: kind !== 'software' && random.chance(billsByApi === false ? 0 : 0.3),
    searches: random.chance(0.25),
  };
  // Some bill by their vendor's own account: never seen under theirs.
  if (drawn.billsByApi && random.chance(0.2)) drawn.followUp = 0;
  const servesAllFrance = kind === 'manager' || isVendor;
  const people = { town, servesAllFrance, local: drawn.local, national: drawn.national, random };
  const clients = Math.round(
    habits.clients * random.lognormal(1, 0.4) * Math.min(3, drawn.visits / habits.visits[0] + 0.2),
  );
  const file = Array.from({ length: clients }, () => drawClient(world, people, town));
  const id = `${PREFIX[kind]}-${100000 + number * 37}`;
  const machineCount = habits.machines ?? (random.chance(0.35) ? 2 : random.chance(0.1) ? 4 : 1);
  const network = random.pick(HOME_NETWORKS);
  const hasFixedAddress = habits.machines !== undefined || random.chance(0.45);
  const address = addressIn(network, random);
  const isMobile = profession === 'nurse' || profession === 'ambulance' || random.chance(0.08);
  const machines = Array.from({ length: machineCount }, (_, k) => newMachine(random, id + k));
  const account: Account = {
    number,
    id,
    random,
    profession,
    habits,
    kind,
    town,
    servesAllFrance,
    ...drawn,
    file,
    machines,
    network,
    hasFixedAddress,
    address,
    isMobile,
    start: 0,
    clockSkewMs: 0,
    cases: [],
  };
  world.accounts.push(account);
  return account;
}

type Clientele = Pick<Account, 'servesAllFrance' | 'local' | 'national' | 'random' | 'towns'>;

/** Somebody who comes to the account for the first time. @param town where its practice is now */
export function drawClient({ towns }: World, account: Clientele, town: Town): Person {
  const { random } = account;
  if (account.servesAllFrance) return towns.anybody(random);
  if (account.towns) return towns.someOf(random.pick(account.towns), random);
  const x = random.unit();
  if (x < account.local) return towns.someOf(town, random);
  return x < 1 - account.national ? towns.near(town, random) : towns.anybody(random);
}

export const hardCase = (account: Account, kind: string, day: number): HardCase | undefined =>
  account.cases.find((c) => c.kind === kind && day >= c.from && day < c.to);
