import type { StreamSpec } from './stream.ts';

/**
 * One NIR tried with one birth date or rank after the other: how a thief who has numbers only finds the date that opens
 * the file. Retries of one NIR are one identity to every other stream.
 */
export const IDENTITIES: StreamSpec = {
  name: 'identities',
  sees: 'a NIR tried under more birth dates and ranks than a family has',
  nullModel: 'one new identity in two hundred is the sixth or later under its NIR among the last eight NIR',
  blindSpots: [
    'guessing spread over more than eight NIR at a time',
    'lists that come with birth dates',
    'logs without birth date and rank',
  ],
  decayPerDay: 2,
};
/** From this many identities under one NIR on it is no family any more. */
export const IDENTITIES_OF_A_FAMILY = 5;
export const IDENTITIES_NULL = 0.005;
export const IDENTITIES_ATTACK = 0.5;
