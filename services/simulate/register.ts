/**
 * The people: every birth of the last century in France, and of those who came from elsewhere, as a slot number. A
 * slot's place, month, order and home follow from its number, so some eighty million people take no memory, each exists
 * once, and a NIR that somebody guesses either is somebody's or is nobody's.
 *
 * Home and birthplace are tied by flows: most residents of a department were born in it or in the neighbouring ones, the
 * rest in the country by size, and abroad. The slots of a birthplace are scattered over its homes
 * by an affine permutation, which can be drawn from and keeps each slot in one home and one area (about 40,000 people).
 */
import type { Random } from '#libs/base/random.ts';
import { mix32, WeightedChoice, zipfWeights } from '#libs/base/random.ts';
import { BIRTH_COUNTRIES, BIRTHPLACES, BORN_ABROAD, RESIDENCE, RESIDENCE_INDEX, SMALL_TERRITORIES } from './france.ts';

/** A slot and which of the people on its NIR: 0 its owner, 1-3 dependants. `slot × 4 + member`. */
export type Person = number;
export const slotOf = (person: Person): number => person >>> 2;
export const memberOf = (person: Person): number => person & 3;

/** Births are kept for this many years before the simulation's first year. */
export const YEARS = 99;
const MONTHS = YEARS * 12;
const PEOPLE_PER_AREA = 40_000;
/** Part of all births that live, are adults and have a contract in this portal's file. */
const COVERED_SHARE = 0.47;
/** Births in a century for a resident of today: some died. */
const BIRTHS_PER_RESIDENT = 1.2;

interface Birthplace {
  readonly base: number;
  readonly size: number;
  /** Births a month over all its communes; slot order within a month goes commune by commune. */
  readonly perMonth: number;
  readonly communeStart: Int32Array;
  readonly communeOf: Uint8Array;
  /** Place as written in the NIR, by commune. */
  readonly places: readonly string[];
  readonly placeNumbers: Int32Array;
  readonly multiplier: number;
  readonly shift: number;
}

interface Segment {
  readonly start: number;
  readonly size: number;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function makeBirthplace(index: number, base: number, people: number): Birthplace {
  const code = BIRTHPLACES[index]!;
  const births = Math.max(6, (people * 1000 * BIRTHS_PER_RESIDENT) / MONTHS);
  const abroad = index === BORN_ABROAD;
  const weights = abroad
    ? BIRTH_COUNTRIES.map(([, share]) => share)
    : zipfWeights(Math.max(3, Math.min(code === '75' ? 20 : 30, Math.round(births / 60) + 3)), 0.9);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const sizes = weights.map((w) => Math.max(1, Math.min(999, Math.round((births * w) / total))));
  const perMonth = sizes.reduce((sum, n) => sum + n, 0);
  const communeStart = new Int32Array(sizes.length + 1);
  const communeOf = new Uint8Array(perMonth);
  for (let i = 0; i < sizes.length; i++) {
    communeStart[i + 1] = communeStart[i]! + sizes[i]!;
    communeOf.fill(i, communeStart[i], communeStart[i + 1]);
  }
  const overseas = code.length === 3;
  const places = sizes.map((_, i) => {
    if (abroad) return `99${String(BIRTH_COUNTRIES[i]![0]).padStart(3, '0')}`;
    if (code === '75') return `75${101 + i}`;
    const step = Math.floor((overseas ? 24 : 420) / sizes.length);
    const commune = 1 + i * step + (mix32(index, i) % step);
    return code + String(commune).padStart(overseas ? 2 : 3, '0');
  });
  const size = MONTHS * perMonth;
  let multiplier = Math.floor(size * 0.6180339887) | 1;
  while (gcd(multiplier, size) !== 1) multiplier += 2;
  const placeNumbers = Int32Array.from(places, (place) => Number(place.replace('2A', '19').replace('2B', '18')));
  return {
    base,
    size,
    perMonth,
    communeStart,
    communeOf,
    places,
    placeNumbers,
    multiplier,
    shift: mix32(index, 77) % size,
  };
}

/**
 * Of the residents who could have been born in their department, how many were; of the others born in France, how many
 * next door. Set so that an account's patients, who come from somewhat further than its own department, show 58 and 25 %.
 */
const NATIVE = 0.87;
const NEAR_BY = 0.95;

/** Share of each birthplace among the residents of one home, in the order of BIRTHPLACES. */
function flows(home: number): Float64Array {
  const department = RESIDENCE[home]!;
  const share = new Float64Array(BIRTHPLACES.length);
  // Rural and overseas departments keep their people; around Paris and in the south-east most came from elsewhere.
  const settled = 0.985 - 1.55 * department.abroad - (mix32(home, 3) % 100) / 1600;
  const native = Math.max(0.3, settled) * NATIVE;
  const near = (1 - native - department.abroad) * NEAR_BY;
  share[home] = native;
  share[BORN_ABROAD] = department.abroad;
  let nearTotal = 0;
  for (const code of department.near) nearTotal += RESIDENCE[RESIDENCE_INDEX.get(code)!]!.population;
  for (const code of department.near) {
    const i = RESIDENCE_INDEX.get(code)!;
    share[i] = share[i]! + (near * RESIDENCE[i]!.population) / nearTotal;
  }
  const rest = 1 - native - department.abroad - (nearTotal > 0 ? near : 0);
  let national = 0;
  for (const d of RESIDENCE) national += d.population;
  for (const weight of SMALL_TERRITORIES) national += weight;
  RESIDENCE.forEach((d, i) => {
    share[i] = share[i]! + (rest * d.population) / national;
  });
  SMALL_TERRITORIES.forEach((weight, i) => {
    share[RESIDENCE.length + i] = share[RESIDENCE.length + i]! + (rest * weight) / national;
  });
  return share;
}

/** What a slot number says; a reused object. */
export class BirthRecord {
  sex = 1;
  /** Four digits. */
  year = 0;
  month = 1;
  /** At most 28. */
  day = 1;
  /** Index in BIRTHPLACES. */
  birthplace = 0;
  place = '';
  /** The place as five digits, Corsica's 2A as 19 and 2B as 18: what the key is computed from. */
  placeNumber = 0;
  order = 1;
}

export class Register {
  readonly firstYear: number;
  readonly #lastYear: number;
  readonly #birthplaces: readonly Birthplace[];
  readonly #bases: Float64Array;
  /** By home, then birthplace. */
  readonly #segments: readonly (readonly Segment[])[];
  readonly #birthplaceChoice: readonly WeightedChoice[];
  readonly #homeChoice: WeightedChoice;
  readonly #areas: readonly number[];
  readonly slots: number;

  /** `currentYear`: the year in which the simulation starts; the youngest are born in the year before it. */
  constructor(currentYear: number) {
    this.firstYear = currentYear - YEARS;
    this.#lastYear = currentYear - 1;
    const share = RESIDENCE.map((_, home) => flows(home));
    const demand = BIRTHPLACES.map((_, b) => RESIDENCE.reduce((sum, d, h) => sum + d.population * share[h]![b]!, 0));
    const birthplaces: Birthplace[] = [];
    let base = 0;
    demand.forEach((people, b) => {
      const place = makeBirthplace(b, base, people);
      birthplaces.push(place);
      base += place.size;
    });
    this.slots = base;
    this.#birthplaces = birthplaces;
    this.#bases = Float64Array.from(birthplaces, (b) => b.base);
    const used = new Float64Array(birthplaces.length);
    this.#segments = RESIDENCE.map((d, h) =>
      birthplaces.map((place, b) => {
        const size = Math.floor((place.size * d.population * share[h]![b]!) / demand[b]!);
        const segment = { start: used[b]!, size };
        used[b] = used[b]! + size;
        return segment;
      }),
    );
    this.#birthplaceChoice = this.#segments.map((row) => new WeightedChoice(row.map((s) => s.size)));
    this.#homeChoice = new WeightedChoice(RESIDENCE.map((d) => d.population));
    this.#areas = RESIDENCE.map((d) => Math.max(1, Math.round((d.population * 1000) / PEOPLE_PER_AREA)));
  }

  /** How many areas (of some 40,000 residents) a home department has. */
  areaCount(home: number): number {
    return this.#areas[home]!;
  }

  /** A home department by population. */
  drawHome(random: Random): number {
    return this.#homeChoice.draw(random);
  }

  /** Any slot of somebody who lives in that area of that department, covered or not. */
  drawSlot(home: number, area: number, random: Random): number {
    const b = this.#birthplaceChoice[home]!.draw(random);
    const segment = this.#segments[home]![b]!;
    const areas = this.#areas[home]!;
    const rows = Math.max(1, Math.floor(segment.size / areas));
    const i = segment.start + Math.min(segment.size - 1, random.int(rows) * areas + area);
    const place = this.#birthplaces[b]!;
    return place.base + ((i * place.multiplier + place.shift) % place.size);
  }

  /** Index in BIRTHPLACES of the place whose slots hold this one. */
  birthplaceOf(slot: number): number {
    let low = 0;
    let high = this.#bases.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#bases[middle]! <= slot) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  yearOf(slot: number): number {
    const place = this.#birthplaces[this.birthplaceOf(slot)]!;
    return this.firstYear + Math.floor((slot - place.base) / (12 * place.perMonth));
  }

  ageOf(slot: number): number {
    return this.#lastYear + 1 - this.yearOf(slot);
  }

  /** Fills `out` with the slot's birth; the day of the month is at most 28. */
  read(slot: number, out: BirthRecord): BirthRecord {
    const b = this.birthplaceOf(slot);
    const place = this.#birthplaces[b]!;
    const within = slot - place.base;
    const month = Math.floor(within / place.perMonth);
    const rank = within - month * place.perMonth;
    const commune = place.communeOf[rank]!;
    const h = mix32(slot, 0x5e8);
    out.sex = (b === BORN_ABROAD && h % 211 === 0 ? 7 : 1) + ((h >>> 16) & 1);
    out.year = this.firstYear + Math.floor(month / 12);
    out.month = 1 + (month % 12);
    out.day = 1 + ((h >>> 4) % 28);
    out.birthplace = b;
    out.place = place.places[commune]!;
    out.placeNumber = place.placeNumbers[commune]!;
    out.order = 1 + rank - place.communeStart[commune]!;
    return out;
  }

  /** Slot of a birth by birthplace, commune (its rank by size), months since January of the first year, and order. */
  slotAt(birthplace: number, commune: number, month: number, order: number): number {
    const place = this.#birthplaces[birthplace]!;
    return place.base + month * place.perMonth + place.communeStart[commune]! + order - 1;
  }

  communeCount(birthplace: number): number {
    return this.#birthplaces[birthplace]!.places.length;
  }

  /** How many births a month that commune has: orders go from 1 to this. */
  ordersIn(birthplace: number, commune: number): number {
    const { communeStart } = this.#birthplaces[birthplace]!;
    return communeStart[commune + 1]! - communeStart[commune]!;
  }

  /** Whether the owner of that slot is alive, old enough for a NIR of their own to be used, and in the portal's file. */
  isCovered(slot: number): boolean {
    const age = this.ageOf(slot);
    if (age < 16) return false;
    const alive = age < 55 ? 0.99 : age < 70 ? 0.94 : age < 80 ? 0.8 : age < 90 ? 0.5 : 0.15;
    return mix32(slot, 0xc0e) < alive * COVERED_SHARE * 0x1_0000_0000;
  }

  /** How many dependants (children, spouse) share the owner's NIR: 0 to 3. */
  dependants(slot: number): number {
    const age = this.ageOf(slot);
    if (age < 22 || age > 58) return 0;
    const h = mix32(slot, 0xdec) % 100;
    return h < 45 ? 0 : h < 68 ? 1 : h < 91 ? 2 : 3;
  }
}
