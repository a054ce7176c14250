/**
 * Public figures of the French departments, as far as the simulated people need them: how many live there, which
 * departments touch, what share of residents was born abroad, when the clock is not that of Paris, where holidaymakers
 * go. Populations are INSEE's estimates of 2021 in thousands, shares of foreign-born residents are rounded from the 2020
 * census (10-11 % in the country); adjacency is geography. Nothing here comes from a portal.
 */
export interface Department {
  readonly code: string;
  /** Residents, thousands. */
  readonly population: number;
  /** Share of residents who were born abroad. */
  readonly abroad: number;
  /** Departments that share a border. */
  readonly near: readonly string[];
  /** Offset from UTC in hours where the department keeps its own time all year; otherwise Paris time. */
  readonly fixedOffsetHours?: number;
  readonly resort?: 'summer' | 'winter';
}

// code | population (thousands) | born abroad (%) | neighbours
const TABLE = `
01|663|11|38 39 69 71 73 74
02|526|4|08 51 59 60 77 80
03|335|5|18 23 42 58 63 71
04|166|7|05 06 26 83 84
05|141|5|04 26 38 73
06|1103|15|04 83
07|331|5|26 30 38 42 43 48
08|269|6|02 51 55
09|155|7|11 31 66
10|311|8|21 51 52 77 89
11|377|8|09 31 34 66 81
12|280|5|15 30 34 46 48 81 82
13|2057|10|30 83 84
14|701|4|27 50 61 76
15|144|3|12 19 43 46 48 63
16|351|5|16 17 24 79 86 87
17|661|4|16 24 33 79 85
18|299|5|03 23 36 41 45 58
19|240|5|15 23 24 46 63 87
21|536|8|10 39 52 58 70 71 89
22|606|3|29 35 56
23|115|5|03 18 19 36 63 87
24|414|7|16 17 19 33 46 47 87
25|548|9|39 70 90
26|520|8|04 05 07 38 84
27|599|6|14 28 60 61 76 78 95
28|432|8|27 41 45 61 72 78 91
29|918|3|22 56
2A|161|12|2B
2B|184|11|2A
30|756|9|07 12 13 34 48 84
31|1435|12|09 11 32 65 81 82
32|192|7|31 40 47 64 65 82
33|1654|9|17 24 40 47
34|1201|12|11 12 30 81
35|1098|5|22 44 49 50 53 56
36|217|4|18 23 37 41 86 87
37|613|7|36 41 49 72 86
38|1284|10|01 05 07 26 42 69 73
39|259|6|01 21 25 70 71
40|420|5|32 33 47 64
41|329|7|18 28 36 37 45 72
42|768|9|03 07 38 43 63 69 71
43|228|4|07 15 42 48 63
44|1457|6|35 49 56 85
45|685|11|18 28 41 58 77 89 91
46|175|6|12 15 19 24 47 82
47|331|9|24 32 33 40 46 82
48|77|5|07 12 15 30 43
49|823|4|35 37 44 53 72 79 85 86
50|494|3|14 35 53 61
51|564|7|02 08 10 52 55 77
52|170|4|10 21 51 55 70 88
53|305|4|35 49 50 61 72
54|731|9|55 57 67 88
55|182|4|08 51 52 54 88
56|769|3|22 29 35 44
57|1051|12|54 67
58|202|5|03 18 21 45 71 89
59|2612|7|02 62 80
60|830|9|02 27 76 77 80 95
61|277|4|14 27 28 50 53 72
62|1461|3|59 80
63|663|8|03 15 19 23 42 43
64|692|8|32 40 65
65|230|6|31 32 64
66|484|11|09 11
67|1148|14|54 57 68 88
68|767|14|67 88 90
69|1892|13|01 38 42 71
70|234|5|21 25 39 52 88 90
71|549|6|01 03 21 39 42 58 69
72|566|5|28 37 41 49 53 61
73|439|9|01 05 38 74
74|843|14|01 73
75|2133|24|92 93 94
76|1255|5|14 27 60 80
77|1438|15|02 10 45 51 60 89 91 93 94 95
78|1456|15|27 28 91 92 95
79|375|4|16 17 49 85 86
80|567|4|02 59 60 62 76
81|393|7|11 12 31 34 82
82|262|10|12 31 32 46 47 81
83|1095|8|04 06 13 84
84|563|12|04 13 26 30 83
85|696|3|17 44 49 79
86|440|6|16 36 37 49 79 87
87|372|7|16 19 23 24 36 86
88|361|6|52 54 55 67 68 70 90
89|334|7|10 21 45 58 77
90|140|11|25 68 70 88
91|1314|18|28 45 77 78 92 94
92|1635|20|75 78 91 93 94 95
93|1668|32|75 77 92 94 95
94|1416|24|75 77 91 92 93
95|1256|22|27 60 77 78 92 93
971|384|6|972
972|361|3|971
973|286|30|
974|871|3|976
976|299|45|974
`;

const SUMMER = new Set([
  '06',
  '83',
  '17',
  '85',
  '34',
  '66',
  '64',
  '40',
  '29',
  '56',
  '22',
  '50',
  '2A',
  '2B',
  '07',
  '48',
]);
const WINTER = new Set(['73', '74', '05', '65', '04']);
const FIXED_OFFSET_HOURS = new Map([
  ['971', -4],
  ['972', -4],
  ['973', -3],
  ['974', 4],
  ['976', 3],
]);

function parseRow(row: string): Department {
  const [code, population, abroad, near] = row.split('|') as [string, string, string, string];
  const offset = FIXED_OFFSET_HOURS.get(code);
  const resort = SUMMER.has(code) ? 'summer' : WINTER.has(code) ? 'winter' : undefined;
  return {
    code,
    population: Number(population),
    abroad: Number(abroad) / 100,
    near: near.split(' ').filter((n) => n !== '' && n !== code),
    ...(offset === undefined ? {} : { fixedOffsetHours: offset }),
    ...(resort === undefined ? {} : { resort }),
  };
}

/** Departments in which somebody can live, in the order of their code. */
export const RESIDENCE: readonly Department[] = TABLE.trim().split('\n').map(parseRow);

/** Position in {@link RESIDENCE} by code. */
export const RESIDENCE_INDEX: ReadonlyMap<string, number> = new Map(RESIDENCE.map((d, i) => [d.code, i]));

/**
 * Codes under which somebody can be born, residence departments first, in the same order; then the remaining overseas
 * territories and "abroad" (99), with the thousands of residents of France who were born there.
 */
export const BIRTHPLACES: readonly string[] = [...RESIDENCE.map((d) => d.code), '975', '986', '987', '988', '99'];
export const BORN_ABROAD = BIRTHPLACES.length - 1;
/** Weight of the small overseas territories among births outside home and neighbourhood, thousands. */
export const SMALL_TERRITORIES: readonly number[] = [3, 4, 60, 60];

/** INSEE country codes of birth with rough shares of the foreign-born, most frequent first. */
export const BIRTH_COUNTRIES: readonly (readonly [code: number, share: number])[] = [
  [352, 12.5],
  [350, 11.8],
  [139, 8.6],
  [351, 4.6],
  [127, 4.0],
  [208, 3.6],
  [134, 3.5],
  [341, 2.6],
  [109, 2.3],
  [326, 2.3],
  [132, 2.2],
  [114, 2.1],
  [131, 2.0],
  [322, 1.9],
  [216, 1.8],
  [410, 1.7],
  [335, 1.7],
  [333, 1.6],
  [323, 1.5],
  [243, 1.5],
  [312, 1.4],
  [390, 1.3],
  [122, 1.2],
  [121, 1.1],
  [235, 1.0],
  [123, 1.0],
  [330, 0.9],
  [404, 0.9],
  [416, 0.8],
  [416 + 3, 0.6],
  [223, 0.6],
  [206, 0.6],
  [223 + 3, 0.5],
  [324, 0.5],
  [327, 0.5],
  [135, 0.5],
  [140, 0.4],
  [101, 0.3],
  [104, 0.3],
  [110, 0.3],
];
