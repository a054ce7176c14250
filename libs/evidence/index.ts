import { ADJACENCY } from './adjacency.ts';
import { MISS } from './miss.ts';
import { MISS_NEW_SOURCE, NEW_SOURCE, TERRITORY_NEW_SOURCE } from './new-source.ts';
import { NO_FOLLOW_UP_1D, NO_FOLLOW_UP_3H, NO_FOLLOW_UP_9D, NO_FOLLOW_UP_30M } from './no-follow-up.ts';
import { RATE } from './rate.ts';
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
export { MISS_ATTACK, MISS_FLOOR } from './miss.ts';
export { NEW_SOURCE_DAYS, NEW_SOURCE_HOURS, newSourceNats } from './new-source.ts';
export { cohortLogRatio } from './no-follow-up.ts';
export { rateLogRatio } from './rate.ts';
export type { StreamSpec } from './stream.ts';
export { longRunProbability, recentProbability, territoryLogRatio } from './territory.ts';
export { COMMONNESS_CLASSES, commonnessClass, commonnessLogRatio, unseenLogRatio } from './unseen.ts';
