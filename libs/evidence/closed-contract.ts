import type { StreamSpec } from './stream.ts';

/**
 * People whose contract had ended when they were looked up. Practices ask about people in front of them, and those are
 * covered, or were until last month; a file copied years ago is full of contracts that have ended.
 */
export const CLOSED_CONTRACT: StreamSpec = {
  name: 'closed_contract',
  sees: 'people whose coverage had ended before the day they were looked up',
  nullModel: 'each new person’s contract has ended with the account’s own probability (upper posterior bound)',
  blindSpots: [
    'lists of people who are covered now',
    'logs without the end of coverage',
    'the days after an insurer’s mass termination',
  ],
  decayPerDay: 2,
};
/** Share of ended contracts under theft: operators keep people on file for years. */
export const CLOSED_CONTRACT_ATTACK = 0.35;
/** Job changes, students, the new year: nobody is held to fewer than this. */
export const CLOSED_CONTRACT_FLOOR = 0.06;
