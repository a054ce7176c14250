import type { Account } from './accounts.ts';
import { drawDepartment } from './france.ts';
import type { Person } from './person.ts';
import { drawNir, INSURERS, nirKey, padded } from './person.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Whose rights a thief reads. */
export type TargetKind =
  /** NIR made up one after the other: most belong to nobody. */
  | 'sweep'
  /** A list of people from all France. */
  | 'national'
  | 'region'
  | 'ownTown'
  /** Born in the account's department, wherever they live. */
  | 'bornAtHome'
  /** In the files of other practices of the department. */
  | 'neighboursFiles'
  /** A list of the two largest insurers. */
  | 'insurer';

export interface Target {
  readonly person: Person;
  /** Nobody has this number. */
  readonly isMiss?: boolean;
}

/** Gives one person after the other. @param account whose account is used for it */
export function targetsOf(world: World, kind: TargetKind, account: Account, random: Random): () => Target {
  const { towns } = world;
  const home = account.town;
  switch (kind) {
    case 'sweep':
      return sweep(random);
    case 'national':
      return () => ({ person: towns.anybody(random) });
    case 'ownTown':
      return () => ({ person: towns.someOf(home, random) });
    case 'region': {
      const elsewhere = towns.elsewhereInRegion(home, account.number);
      return () => ({ person: towns.someOf(random.pick(elsewhere), random) });
    }
    case 'bornAtHome':
      return () => ({ person: bornIn(home.department, random) });
    case 'neighboursFiles': {
      const neighbours = world.accounts.filter(
        (a) => a !== account && a.town.department === home.department && a.kind === 'professional',
      );
      const among = neighbours.length > 0 ? neighbours : world.accounts;
      return () => ({ person: random.pick(random.pick(among).file) });
    }
    case 'insurer':
      return () => {
        for (;;) {
          const person = towns.anybody(random);
          if (INSURERS.indexOf(person.amc) < 2) return { person };
        }
      };
  }
}

const SWEPT_OF_A_COMMUNE = 450;

function sweep(random: Random): () => Target {
  let order = Number.POSITIVE_INFINITY;
  let year = 0;
  let month = '';
  let prefix = '';
  return () => {
    if (order > SWEPT_OF_A_COMMUNE) {
      const sex = 1 + random.int(2);
      year = 1950 + random.int(55);
      month = padded(1 + random.int(12), 2);
      const place = drawDepartment(random);
      const commune = 1 + random.int(60);
      const code = place.length === 3 ? padded((commune % 25) + 1, 2) : padded(commune, 3);
      prefix = `${sex}${padded(year % 100, 2)}${month}${place}${code}`;
      order = 1;
    }
    const body = prefix + padded(order++, 3);
    const isMiss = !random.chance(0.3);
    const birthDate = `${year}-${month}-${padded(1 + random.int(28), 2)}`;
    return { person: stranger(body + nirKey(body), birthDate, random), isMiss };
  };
}

function bornIn(department: string, random: Random): Person {
  const year = 1945 + random.int(60);
  const month = padded(1 + random.int(12), 2);
  const place = department.startsWith('2') && year < 1976 && /[AB]/.test(department) ? '20' : department;
  const nir = drawNir(random, { sex: 1 + random.int(2), year, month, place });
  return stranger(nir, `${year}-${month}-${padded(1 + random.int(28), 2)}`, random);
}

const stranger = (nir: string, birthDate: string, random: Random): Person => ({
  nir,
  birthDate,
  birthRank: 1,
  amc: random.pick(INSURERS),
  contract: padded(random.int(1e8), 8),
  closed: false,
});
