import type { StreamSpec } from './stream.ts';

/** An account that wakes after a long silence: a departed colleague's login is worth as much to a thief as any, and nobody misses it. */
export const DORMANT: StreamSpec = {
  name: 'dormant',
  sees: 'the first day of an account that was silent for six weeks or more',
  nullModel: 'an account comes back from such a silence with its group’s frequency',
  blindSpots: ['accounts that are in use', 'the first two months of an installation'],
  decayPerDay: 0,
};
export const DORMANT_DAYS = 45;
/** An account never met counts as silent once the portal has been watched for this long. */
export const WATCHED_DAYS = 60;
export const DORMANT_HOURS = 24;
/** Probability that a stolen account had been asleep; evidence is ln(this / the group's rate). */
const ATTACK_RATE = 0.05;
const MAX_NATS = 3;

/** Nats for an account that wakes. @param groupDailyRate how often that happens in its group, an account and worked day */
export const dormantNats = (groupDailyRate: number): number =>
  Math.max(0, Math.min(MAX_NATS, Math.log(ATTACK_RATE / Math.max(groupDailyRate, 1e-4))));
