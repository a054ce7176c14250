import type { StreamSpec } from './stream.ts';

/**
 * Neighbours in the NIR: same sex, month and place of birth within the last few people. Honest people come in families,
 * seldom in registers; a sweep of the number space lives on neighbours.
 */
export const ADJACENCY: StreamSpec = {
  name: 'adjacency',
  sees: 'people whose NIR stand next to each other in the register of births',
  nullModel: 'at most one new person in fifty shares sex, birth month and birth place with one of the last sixteen',
  blindSpots: [
    'a stolen list in its own order',
    'a sweep that strides further than sixteen people apart',
    'logs without NIR',
  ],
  decayPerDay: 2,
};
export const ADJACENCY_NULL = 0.02;
export const ADJACENCY_ATTACK = 0.8;
