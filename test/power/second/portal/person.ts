import type { BirthShape } from './france.ts';
import { birthPlace } from './france.ts';
import type { Random } from './random.ts';
import { randomOf, seedOf, weighted } from './random.ts';

/** Invented people: each NIR has the form, the key and the spread of real ones, and belongs to nobody. */
export interface Person {
  readonly nir: string;
  /** As in 1987-07-26. */
  readonly birthDate: string;
  readonly birthRank: number;
  readonly amc: string;
  readonly contract: string;
  /** The contract has ended. */
  readonly closed: boolean;
}

export interface Town {
  readonly id: number;
  readonly department: string;
  readonly shape: BirthShape;
  /** Households. */
  readonly size: number;
  /** Undefined: of all ages. */
  readonly ages?: 'student' | 'old';
}

/** 55 insurers, of which few have many people. */
const insurers = ((): (readonly [string, number])[] => {
  const random = randomOf(4242);
  return Array.from({ length: 55 }, (_, i) => [String(10000000 + random.int(89999999)), 1 / (i + 1.5)] as const);
})();
const drawInsurer = weighted(insurers);
/** Codes, the largest insurer first. */
export const INSURERS: readonly string[] = insurers.map(([amc]) => amc);

export const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** A NIR's last two digits, of its first thirteen characters. */
export function nirKey(body: string): string {
  const digits = body.replace('2A', '19').replace('2B', '18');
  return padded(97 - Number(BigInt(digits) % 97n), 2);
}

interface Birth {
  /** 1 or 2. */
  readonly sex: number;
  readonly year: number;
  /** Two digits; above 12 where it was not known. */
  readonly month: string;
  readonly place: string;
}

export function drawNir(random: Random, { sex, year, month, place }: Birth): string {
  // Births crowd in the communes with a maternity, and in the first numbers of each month.
  const commune =
    place.length === 5
      ? ''
      : place.length === 3
        ? padded(1 + Math.floor(random.unit() ** 2.5 * 25), 2)
        : padded(1 + Math.floor(random.unit() ** 3 * 320), 3);
  const order = padded(1 + Math.floor(random.unit() ** 1.6 * 480), 3);
  const body = `${sex}${padded(year % 100, 2)}${month}${place}${commune}${order}`;
  return body + nirKey(body);
}

const date = (year: number, month: number, random: Random): string =>
  `${year}-${padded(month, 2)}-${padded(1 + random.int(28), 2)}`;

function adult(random: Random, town: Town, year: number, sex: number, amc: string, contract: string): Person {
  const month = random.chance(0.006)
    ? random.pick([padded(20 + random.int(11), 2), padded(31 + random.int(12), 2), padded(50 + random.int(49), 2)])
    : padded(1 + random.int(12), 2);
  const known = Number(month) > 12 ? 1 + random.int(12) : Number(month);
  return {
    nir: drawNir(random, { sex, year, month, place: birthPlace(random, town.department, year, town.shape) }),
    birthDate: date(year, known, random),
    birthRank: 1,
    amc,
    contract,
    closed: random.chance(0.025),
  };
}

/** Up to five people who share a contract, children by a parent's NIR; always the same for the same arguments. */
export function household(seed: number, town: Town, index: number): Person[] {
  const random = randomOf(seedOf(seed, town.id, index));
  const amc = drawInsurer(random);
  const amcOfSecond = random.chance(0.35) ? drawInsurer(random) : amc;
  const contract = padded(random.int(1e8), 8);
  const kind = random.unit();
  const old = kind < 0.35;
  const family = !old && kind < 0.65;
  const year = firstYear(random, town, old, family);
  const sex = 1 + random.int(2);
  const people = [adult(random, town, year, sex, amc, contract)];
  if (town.ages) return people;
  if ((old || family) && random.chance(0.7)) {
    people.push(adult(random, town, year + random.int(9) - 4, 3 - sex, amcOfSecond, contract));
  }
  if (family) addChildren(random, people, contract);
  return people;
}

function firstYear(random: Random, town: Town, old: boolean, family: boolean): number {
  if (town.ages === 'student') return 2003 + random.int(6);
  if (town.ages === 'old') return 1930 + random.int(16);
  return old ? 1935 + random.int(28) : family ? 1974 + random.int(22) : 1955 + random.int(52);
}

function addChildren(random: Random, people: Person[], contract: string): void {
  const count = random.pick([1, 1, 2, 2, 3]);
  let year = 2008 + random.int(14);
  const twins = random.chance(0.03);
  let birthDate = '';
  for (let child = 0; child < count; child++) {
    const parent = people[people.length > 1 && random.chance(0.3) ? 1 : 0];
    const second = twins && child === 1;
    if (!second) birthDate = date(year, 1 + random.int(12), random);
    people.push({ nir: parent.nir, birthDate, birthRank: second ? 2 : 1, amc: parent.amc, contract, closed: false });
    year += 2 + random.int(3);
  }
}
