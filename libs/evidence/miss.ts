import type { StreamSpec } from './stream.ts';

/** Look-ups that name nobody: an unknown NIR, a wrong key, no right. One identity is one miss however often retried. */
export const MISS: StreamSpec = {
  name: 'miss',
  sees: 'look-ups of people who do not exist or to whom the account has no right',
  nullModel: 'each new identity is a miss with the account’s own probability (upper posterior bound)',
  blindSpots: ['a stolen list of real people, which hits nearly always', 'portals that do not log failed look-ups'],
  decayPerDay: 2,
};
/** Share of misses under an enumeration. */
export const MISS_ATTACK = 0.5;
/** Mistypings come in twos and threes: nobody is held to fewer than one in twenty. */
export const MISS_FLOOR = 0.05;
