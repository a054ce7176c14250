import type { StreamSpec } from './stream.ts';

/**
 * Whose insured a manager looks up: one insurer's or a few's. A sweep takes whoever comes, whatever the insurer. (A practice's
 * people are with dozens of insurers anyway.)
 */
export const OTHER_INSURER: StreamSpec = {
  name: 'other_insurer',
  sees: 'people of insurers that this manager’s people hardly ever have',
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
/** Above this share of people with other insurers the eight kept are not the account's people, but a sample of the country's. */
export const OTHER_INSURER_SURE = 0.4;
/** An insurer with less than this share of the account's people is not usual. */
export const USUAL_SHARE = 0.03;
