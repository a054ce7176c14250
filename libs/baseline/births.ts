import { DEPARTMENT_ABROAD, DEPARTMENT_COUNT, DEPARTMENTS, departmentIndex } from '#libs/model/departments.ts';

/**
 * Where people who live in France were born, by department: the national alternative of the territory stream. Public
 * figures, not the portal's own mix, so that no thief can teach it. Approximated by the census population of each
 * department (INSEE, populations légales 2021, thousands, rounded) with the share of people born abroad (INSEE: about
 * one resident in eight). Half of the alternative is uniform, so that a list of one region stays likely too.
 */
const POPULATION_THOUSANDS: Readonly<Record<string, number>> = {
  '01': 663, '02': 526, '03': 335, '04': 166, '05': 141, '06': 1103, '07': 330, '08': 269, '09': 154, '10': 311,
  '11': 376, '12': 279, '13': 2056, '14': 697, '15': 144, '16': 352, '17': 660, '18': 300, '19': 240, '21': 535,
  '22': 606, '23': 116, '24': 414, '25': 546, '26': 520, '27': 599, '28': 431, '29': 921, '2A': 160, '2B': 183,
  '30': 756, '31': 1434, '32': 192, '33': 1654, '34': 1201, '35': 1098, '36': 217, '37': 613, '38': 1285, '39': 259,
  '40': 421, '41': 328, '42': 768, '43': 227, '44': 1457, '45': 684, '46': 175, '47': 330, '48': 77, '49': 821,
  '50': 496, '51': 564, '52': 170, '53': 306, '54': 732, '55': 181, '56': 768, '57': 1050, '58': 202, '59': 2611,
  '60': 829, '61': 277, '62': 1461, '63': 662, '64': 693, '65': 230, '66': 487, '67': 1152, '68': 768, '69': 1895,
  '70': 233, '71': 549, '72': 566, '73': 442, '74': 841, '75': 2133, '76': 1256, '77': 1438, '78': 1456, '79': 375,
  '80': 566, '81': 393, '82': 264, '83': 1095, '84': 565, '85': 695, '86': 439, '87': 371, '88': 361, '89': 334,
  '90': 140, '91': 1313, '92': 1635, '93': 1668, '94': 1415, '95': 1256, '971': 384, '972': 361, '973': 287,
  '974': 872, '976': 299,
}; // biome-ignore format: a table
const BORN_ABROAD_SHARE = 0.125;
const UNIFORM_SHARE = 0.5;

function nationalMix(): Float64Array {
  const mix = new Float64Array(DEPARTMENT_COUNT);
  const total = Object.values(POPULATION_THOUSANDS).reduce((a, b) => a + b, 0);
  for (const [code, thousands] of Object.entries(POPULATION_THOUSANDS)) {
    mix[departmentIndex(code)] = ((1 - BORN_ABROAD_SHARE) * thousands) / total;
  }
  mix[DEPARTMENT_ABROAD] = BORN_ABROAD_SHARE;
  return mix;
}

/** Probability of each birth department (index of `departments.ts`, 0 unused) in the whole population. Sums to 1. */
export const NATIONAL_BIRTHS: Float64Array = nationalMix();

/** The same mixed half and half with the uniform distribution over departments: the attack's side of the ratio. */
export const NATIONAL_ALTERNATIVE: Float64Array = NATIONAL_BIRTHS.map((p, i) =>
  i === 0 ? 0 : (1 - UNIFORM_SHARE) * p + UNIFORM_SHARE / (DEPARTMENTS.length - 1),
);
