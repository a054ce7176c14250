import type { Random } from './random.ts';
import { weighted } from './random.ts';

/** Where people live and were born. Populations in thousands, rounded from memory of INSEE's of 2020. */

const POPULATION = `01:655 02:530 03:335 04:165 05:140 06:1095 07:330 08:270 09:154 10:310 11:375 12:280 13:2045 14:695 15:145
16:350 17:655 18:302 19:240 2A:160 2B:182 21:535 22:600 23:116 24:413 25:545 26:517 27:600 28:431 29:915 30:750 31:1415
32:191 33:1635 34:1175 35:1090 36:219 37:610 38:1270 39:259 40:414 41:329 42:765 43:227 44:1435 45:680 46:174 47:331 48:77
49:820 50:495 51:566 52:172 53:307 54:733 55:184 56:760 57:1045 58:204 59:2605 60:829 61:279 62:1465 63:662 64:685 65:229
66:480 67:1140 68:767 69:1876 70:235 71:550 72:566 73:437 74:828 75:2165 76:1255 77:1428 78:1448 79:374 80:570 81:390
82:261 83:1085 84:561 85:685 86:438 87:372 88:364 89:335 90:141 91:1305 92:1625 93:1645 94:1407 95:1250 971:384 972:364
973:281 974:861 976:280`;

/** Departments of each region; the first is that of Paris. */
const REGIONS =
  `75 77 78 91 92 93 94 95;01 03 07 15 26 38 42 43 63 69 73 74;02 59 60 62 80;08 10 51 52 54 55 57 67 68 88;
14 27 50 61 76;22 29 35 56;44 49 53 72 85;18 28 36 37 41 45;21 25 39 58 70 71 89 90;16 17 19 23 24 33 40 47 64 79 86 87;
09 11 12 30 31 32 34 46 48 65 66 81 82;04 05 06 13 83 84;2A 2B;971;972;973;974;976`
    .split(';')
    .map((departments) => departments.trim().split(' '));

/** Countries of birth by INSEE's code (after 99) with their weights. */
const COUNTRIES = `352:14 350:12 351:7 139:8 127:5 134:4 131:3 208:4 109:3 341:3 326:2 331:2 122:2 216:2 330:2 401:1 416:1`;

const pairsOf = (text: string): [string, number][] =>
  text.split(/\s+/).map((pair) => {
    const [key, weight] = pair.split(':');
    return [key, Number(weight)];
  });

const population = new Map(pairsOf(POPULATION));
/** By department, the number of its region. */
export const regionOf = new Map(REGIONS.flatMap((departments, region) => departments.map((d) => [d, region] as const)));
/** A department of France, by its people. */
export const drawDepartment = weighted(population);
const drawInRegion = REGIONS.map((departments) => weighted(departments.map((d) => [d, population.get(d)!] as const)));
const drawCountry = weighted(pairsOf(COUNTRIES));

/** Where the people of a town were born: shares; the rest comes from all France. */
export interface BirthShape {
  home: number;
  region: number;
  abroad: number;
  /** Country from which most of those born abroad come. */
  country?: string;
}

export function birthShape(department: string, random: Random): BirthShape {
  if (department.startsWith('97')) {
    return { home: 0.78, region: 0, abroad: department === '973' ? 0.3 : department === '976' ? 0.4 : 0.07 };
  }
  if (regionOf.get(department) === 0) {
    return {
      home: random.between(0.2, 0.35),
      region: random.between(0.25, 0.35),
      abroad: random.between(0.14, 0.28),
    };
  }
  const home = random.between(0.42, 0.68);
  return { home, region: random.between(0.08, 0.2), abroad: random.between(0.05, 0.14) };
}

/**
 * Place of birth as the NIR has it: a department of two or three characters, or 99 and a country, or one of the four old
 * departments of Algeria and a commune (five characters).
 */
export function birthPlace(random: Random, home: string, year: number, shape: BirthShape): string {
  const x = random.unit();
  let place: string;
  if (x < shape.home) place = home;
  else if (x < shape.home + shape.region) place = drawInRegion[regionOf.get(home)!](random);
  else if (x < 1 - shape.abroad) place = drawDepartment(random);
  else {
    if (shape.country && random.chance(0.75)) return `99${shape.country}`;
    if (year < 1963 && random.chance(0.35)) return `${91 + random.int(4)}${350 + random.int(10)}`;
    return `99${drawCountry(random)}`;
  }
  // Before 1968 there were Seine and Seine-et-Oise, before 1976 one Corsica.
  if (year < 1968) {
    if (['92', '93', '94'].includes(place)) place = random.chance(0.8) ? '75' : '78';
    else if (['91', '95'].includes(place)) place = '78';
  }
  return (place === '2A' || place === '2B') && year < 1976 ? '20' : place;
}
