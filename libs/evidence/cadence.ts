import type { StreamSpec } from './stream.ts';

/**
 * Look-ups on the pages of the portal as a clock would send them: as far apart as the two before, or faster than a
 * number can be typed. Programs on the api channel are clocks by their nature.
 */
export const CADENCE: StreamSpec = {
  name: 'cadence',
  sees: 'new people on the web channel at even intervals, or one within a second and a half of the other',
  nullModel:
    'an interval is like the one before within a tenth with the account’s own probability, at least one in eight',
  blindSpots: ['robots that wait at random', 'people who type a list by hand', 'logs that show minutes only'],
  decayPerDay: 2,
};
/** Share of such intervals under a robot. */
export const CADENCE_ATTACK = 0.75;
/** Intervals of a Poisson stream are that alike once in twenty; desks and batches more often. */
export const CADENCE_FLOOR = 0.12;
const TYPED_MS = 1500;
/** Below this a log's whole seconds make intervals alike. */
const COMPARABLE_MS = 5000;
const TOLERANCE = 0.1;
/** After a longer pause the next interval begins a new series, ms. */
export const CADENCE_PAUSE_MS = 3_600_000;

/** Whether an interval looks like a clock's, ms. @param before the interval before (0: none) */
export const isRegular = (gapMs: number, before: number): boolean =>
  gapMs < TYPED_MS || (gapMs >= COMPARABLE_MS && Math.abs(gapMs - before) <= TOLERANCE * Math.max(gapMs, before));
