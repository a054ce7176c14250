import type { StreamSpec } from './stream.ts';

/** People whom no account of the portal had looked up for twelve months: lists hold many who needed no care. */
export const UNSEEN: StreamSpec = {
  name: 'unseen',
  sees: 'people whom nobody looked up in the last twelve months',
  nullModel: 'each new person is unseen with the account’s own probability (upper posterior bound)',
  blindSpots: ['the first weeks of an installation, when everybody is unseen', 'lists of people in current care'],
  decayPerDay: 2,
};
export const UNSEEN_ATTACK = 0.9;
