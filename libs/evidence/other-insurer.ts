import type { StreamSpec } from './stream.ts';

/**
 * Whose insured are looked up. A manager works for one insurer or a few; a practice's people are with those of the region.
 * A sweep takes whoever comes, whatever the insurer.
 */
export const OTHER_INSURER: StreamSpec = {
  name: 'other_insurer',
  sees: 'people of insurers that this account’s people hardly ever have',
  nullModel:
    'each new person is with another than the eight usual insurers with the account’s own probability (upper posterior bound)',
  blindSpots: [
    'a list of one insurer that is usual here',
    'practices whose people are with many insurers anyway',
    'logs without insurers',
  ],
  decayPerDay: 2,
};
/** Share of people with unusual insurers under theft. */
export const OTHER_INSURER_ATTACK = 0.85;
/** An insurer with less than this share of the account's people is not usual. */
export const USUAL_SHARE = 0.03;
