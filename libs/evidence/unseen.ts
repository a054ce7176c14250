import type { StreamSpec } from './stream.ts';

/**
 * People whom no account, or hardly any, had looked up for twelve months. Honest look-ups follow care, and who is in
 * care is seen by several; a list or a sweep takes people as they stand in a file. So the honest mix of "by how many was
 * this person seen before" is weighted towards the often seen, the thief's is that of all people known.
 */
export const UNSEEN: StreamSpec = {
  name: 'unseen',
  sees: 'people whom nobody, or hardly anybody, looked up in the last twelve months',
  nullModel:
    'a new person was unseen with the account’s own probability (upper posterior bound), else seen by as many accounts as the group’s new people',
  blindSpots: [
    'the first weeks of an installation, when nearly everybody is unseen',
    'lists of people in current care',
  ],
  decayPerDay: 2,
};

/** Of the people seen before whom an honest account would meet, a thief meets this share. */
const SEEN_UNDER_ATTACK = 0.4;

/** Log-likelihood ratio of "unseen by anybody" or not, nats. @param p0 honest probability of unseen, in (0, 1) */
export function unseenLogRatio(unseen: boolean, p0: number): number {
  return unseen ? Math.log((1 - SEEN_UNDER_ATTACK * (1 - p0)) / p0) : Math.log(SEEN_UNDER_ATTACK);
}

/** The same of how often a person was seen, given that it was: share of that class among all known people, and among honest look-ups. */
export function commonnessLogRatio(ofPeople: number, ofLookups: number): number {
  return Math.max(-MAX_COMMONNESS, Math.min(MAX_COMMONNESS, Math.log(ofPeople / ofLookups)));
}
/** One person says this much at most: shares of rare classes are uncertain. */
const MAX_COMMONNESS = 1.5;

export const COMMONNESS_CLASSES = 16;
/** Class of "seen by `count` accounts before" (count >= 1): one a doubling. */
export const commonnessClass = (count: number): number => Math.min(COMMONNESS_CLASSES - 1, 31 - Math.clz32(count));
