/** Names of the evidence streams in the order of their columns. Append only: positions are in snapshots. */
export const STREAM_NAMES = [
  'territory',
  'miss',
  'adjacency',
  'unseen',
  'no_follow_up_30m',
  'no_follow_up_3h',
  'no_follow_up_1d',
  'no_follow_up_9d',
  'rate',
  'new_source',
  'territory_new_source',
  'miss_new_source',
  'closed_contract',
  'identities',
  'other_insurer',
  'no_pec',
  'cadence',
  'closed_hours',
  'round_the_clock',
  'dormant',
  'honeytoken',
  'sorted_order',
  'first_export',
] as const;
export type StreamName = (typeof STREAM_NAMES)[number];
export const STREAM_COUNT = STREAM_NAMES.length;
export const S_TERRITORY = 0;
export const S_MISS = 1;
export const S_ADJACENCY = 2;
export const S_UNSEEN = 3;
export const S_FOLLOW_30M = 4;
export const S_FOLLOW_3H = 5;
export const S_FOLLOW_1D = 6;
export const S_FOLLOW_9D = 7;
export const S_RATE = 8;
export const S_NEW_SOURCE = 9;
export const S_TERRITORY_SOURCE = 10;
export const S_MISS_SOURCE = 11;
export const S_CLOSED_CONTRACT = 12;
export const S_IDENTITIES = 13;
export const S_OTHER_INSURER = 14;
export const S_NO_PEC = 15;
export const S_CADENCE = 16;
export const S_CLOSED_HOURS = 17;
export const S_ROUND_THE_CLOCK = 18;
export const S_DORMANT = 19;
export const S_HONEYTOKEN = 20;
export const S_SORTED_ORDER = 21;
export const S_FIRST_EXPORT = 22;
