import { ADJACENCY } from './adjacency.ts';
import { CADENCE } from './cadence.ts';
import { CLOSED_CONTRACT } from './closed-contract.ts';
import { DORMANT } from './dormant.ts';
import { FIRST_EXPORT } from './first-export.ts';
import { HONEYTOKEN } from './honeytoken.ts';
import { IDENTITIES } from './identities.ts';
import { MISS } from './miss.ts';
import { MISS_NEW_SOURCE, NEW_SOURCE, TERRITORY_NEW_SOURCE } from './new-source.ts';
import { NO_FOLLOW_UP_1D, NO_FOLLOW_UP_3H, NO_FOLLOW_UP_9D, NO_FOLLOW_UP_30M } from './no-follow-up.ts';
import { NO_PEC } from './no-pec.ts';
import { OTHER_INSURER } from './other-insurer.ts';
import { CLOSED_HOURS, ROUND_THE_CLOCK } from './presence.ts';
import { RATE } from './rate.ts';
import { SORTED_ORDER } from './sorted-order.ts';
import type { StreamSpec } from './stream.ts';
import { TERRITORY } from './territory.ts';
import { UNSEEN } from './unseen.ts';

/** What each stream says of itself, in the order of `STREAM_NAMES`. */
export const STREAMS: readonly StreamSpec[] = [
  TERRITORY,
  MISS,
  ADJACENCY,
  UNSEEN,
  NO_FOLLOW_UP_30M,
  NO_FOLLOW_UP_3H,
  NO_FOLLOW_UP_1D,
  NO_FOLLOW_UP_9D,
  RATE,
  NEW_SOURCE,
  TERRITORY_NEW_SOURCE,
  MISS_NEW_SOURCE,
  CLOSED_CONTRACT,
  IDENTITIES,
  OTHER_INSURER,
  NO_PEC,
  CADENCE,
  CLOSED_HOURS,
  ROUND_THE_CLOCK,
  DORMANT,
  HONEYTOKEN,
  SORTED_ORDER,
  FIRST_EXPORT,
];

export {
  accumulate,
  bernoulliLogRatio,
  DAY_CEILING_NATS,
  MAX_NATS,
  MAX_NATS_A_BIN,
  REST_NATS,
} from './accumulate.ts';
export { ADJACENCY_ATTACK, ADJACENCY_NULL } from './adjacency.ts';
export { CADENCE_ATTACK, CADENCE_FLOOR, CADENCE_PAUSE_MS, isRegular } from './cadence.ts';
export { CLOSED_CONTRACT_ATTACK, CLOSED_CONTRACT_FLOOR } from './closed-contract.ts';
export { DORMANT_DAYS, DORMANT_HOURS, dormantNats, WATCHED_DAYS } from './dormant.ts';
export { EXPORT_DOUBLINGS, EXPORT_ROWS, exportClass, firstExportNats } from './first-export.ts';
export { HONEYTOKEN_NATS } from './honeytoken.ts';
export { IDENTITIES_ATTACK, IDENTITIES_NULL, IDENTITIES_OF_A_FAMILY } from './identities.ts';
export { MISS_ATTACK, MISS_FLOOR } from './miss.ts';
export { NEW_SOURCE_DAYS, NEW_SOURCE_HOURS, newSourceNats } from './new-source.ts';
export { cohortLogRatio } from './no-follow-up.ts';
export { NO_PEC_ATTACK, PEC_WEEKS } from './no-pec.ts';
export { OTHER_INSURER_ATTACK, OTHER_INSURER_SURE, USUAL_SHARE } from './other-insurer.ts';
export {
  CLOSED_HOURS_ATTACK,
  CLOSED_SHARE,
  OVERTIME_HOURS,
  SLEEPLESS_NATS,
  WAKING_HOURS,
} from './presence.ts';
export { rateLogRatio } from './rate.ts';
export { LISTED_NATS, ORDERS, runGoesOn, SORTED_ATTACK } from './sorted-order.ts';
export type { StreamSpec } from './stream.ts';
export {
  AGE_GROUP_FADE,
  AGE_GROUP_PEOPLE,
  ageGroupFactor,
  FORECASTERS,
  forecast,
  LISTED_SHARE,
  longRunProbability,
  recentProbability,
  territoryLogRatio,
  visitorsAfter,
  withVisitors,
} from './territory.ts';
export { COMMONNESS_CLASSES, commonnessClass, commonnessLogRatio, unseenLogRatio } from './unseen.ts';
