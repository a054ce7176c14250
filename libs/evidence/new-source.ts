import type { StreamSpec } from './stream.ts';

/** A device or network never seen with this account, during its first 24 hours. */
export const NEW_SOURCE: StreamSpec = {
  name: 'new_source',
  sees: 'an address range and a device first seen with this account in the last 24 hours',
  nullModel: 'an account changes its network and device on a day with its group’s frequency',
  blindSpots: ['theft from the holder’s own machine', 'logs without addresses and devices'],
  decayPerDay: 0,
};
/** Probability that a thief comes from somewhere new, as a share of days; evidence is ln(this / the group's rate). */
const ATTACK_RATE = 0.3;
const MAX_NATS = 4;
export const NEW_SOURCE_HOURS = 24;

/** Nats for a source that is new in both device and network (or in the one that the log has), given the group's daily rate. */
export function newSourceNats(groupDailyRate: number, both: boolean): number {
  const nats = Math.log(ATTACK_RATE / Math.max(groupDailyRate, 1e-4));
  return Math.max(0, Math.min(both ? MAX_NATS : MAX_NATS / 2, nats));
}

/**
 * Territory and misses of the look-ups from sources first seen within a week, apart from the rest: on a busy account the
 * holder's own people would water a thief's down.
 */
export const TERRITORY_NEW_SOURCE: StreamSpec = {
  name: 'territory_new_source',
  sees: 'people born outside the account’s usual departments, looked up from a device or network new to the account',
  nullModel: 'as for territory',
  blindSpots: ['theft from the holder’s own machine', 'logs without addresses and devices'],
  decayPerDay: 2,
};
export const MISS_NEW_SOURCE: StreamSpec = {
  name: 'miss_new_source',
  sees: 'look-ups of nobody, from a device or network new to the account',
  nullModel: 'as for misses',
  blindSpots: TERRITORY_NEW_SOURCE.blindSpots,
  decayPerDay: 2,
};
/** A source counts as new for this many days: thefts last longer than their first day. */
export const NEW_SOURCE_DAYS = 7;
