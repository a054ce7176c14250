import type { StreamSpec } from './stream.ts';

/**
 * Managers answer calls about a prise en charge or a bill that somebody has sent. People for whom nobody asked or billed
 * anything for half a year are none of their business.
 */
export const NO_PEC: StreamSpec = {
  name: 'no_pec',
  sees: 'people looked up by a manager for whom no professional asked a prise en charge or billed anything lately',
  nullModel: 'each new person is without one with the manager’s own probability (upper posterior bound)',
  blindSpots: [
    'lists of people in current care',
    'portals whose log shows no prise en charge',
    'the first weeks of an installation',
  ],
  decayPerDay: 2,
};
/** Share of people without one under theft. */
export const NO_PEC_ATTACK = 0.9;
/** A prise en charge or a bill counts this long, weeks. */
export const PEC_WEEKS = 26;
