import type { StreamSpec } from './stream.ts';

/**
 * New people in the order of a file: by NIR, by month of birth, by place of birth, up or down. People come to a counter in
 * no order of theirs; a list is worked through in its own. So are the files of practices whose programs check rights again:
 * order is a hint, worth no more than what says that the people are strangers (see `scoreInto`).
 */
export const SORTED_ORDER: StreamSpec = {
  name: 'sorted_order',
  sees: 'new people one after the other in the order of their NIR, month of birth or place of birth',
  nullModel:
    'people come in exchangeable order: after k in a row up (or down) the next one goes on with probability 1 in k + 1, whatever the people are',
  blindSpots: [
    'shuffled lists',
    'files sorted by something that the log does not show (names, contracts)',
    'a list among as many honest new people',
    'logs without NIR',
  ],
  decayPerDay: 2,
};

/** Probability that the next of a list worked through in order goes on in it; the rest are other people in between. */
export const SORTED_ATTACK = 0.8;
/** Orders looked at at the same time: NIR, month of birth, place of birth. */
export const ORDERS = 3;
/** Evidence of order above which the last people are a list's, not the account's: chance brings one account in a hundred there in a month. Nats. */
export const LISTED_NATS = 7;
/** However long the run, one person brings no more than ln(0.8 / this), 2.8 nats. */
const FLOOR = 0.05;

/**
 * Probability that a run of `length` people (>= 2), each beyond the one before, goes on, if people come in exchangeable
 * order: that the newest of length + 1 is the extreme one (Rényi 1962). People who tie with the last one don't count.
 */
export const runGoesOn = (length: number): number => Math.max(1 / (length + 1), FLOOR);
