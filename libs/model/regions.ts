import { DEPARTMENTS } from './departments.ts';

/** Regions by their code in the Code officiel géographique, with their departments (2016 map). */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  '84': ['01', '03', '07', '15', '26', '38', '42', '43', '63', '69', '73', '74'],
  '27': ['21', '25', '39', '58', '70', '71', '89', '90'],
  '53': ['22', '29', '35', '56'],
  '24': ['18', '28', '36', '37', '41', '45'],
  '94': ['2A', '2B'],
  '44': ['08', '10', '51', '52', '54', '55', '57', '67', '68', '88'],
  '32': ['02', '59', '60', '62', '80'],
  '11': ['75', '77', '78', '91', '92', '93', '94', '95'],
  '28': ['14', '27', '50', '61', '76'],
  '75': ['16', '17', '19', '23', '24', '33', '40', '47', '64', '79', '86', '87'],
  '76': ['09', '11', '12', '30', '31', '32', '34', '46', '48', '65', '66', '81', '82'],
  '52': ['44', '49', '53', '72', '85'],
  '93': ['04', '05', '06', '13', '83', '84'],
};

const REGION_OF = new Map(
  Object.entries(REGIONS).flatMap(([region, departments]) => departments.map((d) => [d, region] as const)),
);
// Overseas every department or territory is a region of its own.
for (const code of DEPARTMENTS) if (/^9[78]\d$/.test(code)) REGION_OF.set(code, code);

/** Code of a department's region; '' where the department is unknown or abroad. */
export const regionOf = (department: string): string => REGION_OF.get(department) ?? '';
