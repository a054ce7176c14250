/**
 * French departments as small integers. 0 is "unknown"; codes are those of the Code officiel géographique as they stand
 * in the NIR (positions 6-7, or 6-8 overseas): 2A, 2B, 97x, 98x, and 99 for people born abroad.
 */
const METROPOLE = Array.from({ length: 95 }, (_, i) => String(i + 1).padStart(2, '0'))
  .filter((code) => code !== '20')
  .concat('2A', '2B')
  .sort();

/** Codes in index order; `DEPARTMENTS[0]` is the empty string (unknown). Append only: positions are in snapshots. */
export const DEPARTMENTS: readonly string[] = [
  '',
  ...METROPOLE,
  '971',
  '972',
  '973',
  '974',
  '975',
  '976',
  '977',
  '978',
  '986',
  '987',
  '988',
  '99',
];

export const DEPARTMENT_COUNT = DEPARTMENTS.length;
export const DEPARTMENT_UNKNOWN = 0;
export const DEPARTMENT_ABROAD = DEPARTMENT_COUNT - 1;

const INDEX = new Map(DEPARTMENTS.map((code, i) => [code, i]));
// Before 1976 Corsica was department 20; such NIR are still in use. They are counted with Corse-du-Sud.
INDEX.set('20', INDEX.get('2A')!);

/** Index of a department code ("69", "2A", "971"); 0 where it is unknown. */
export const departmentIndex = (code: string): number => INDEX.get(code.toUpperCase()) ?? DEPARTMENT_UNKNOWN;
