import type { StreamSpec } from './stream.ts';

/** People who do not exist, planted in the portal's file: nobody can come to a counter with their card. */
export const HONEYTOKEN: StreamSpec = {
  name: 'honeytoken',
  sees: 'a look-up of a planted person',
  nullModel: 'never: nobody has that number',
  blindSpots: ['thieves who do not come across one', 'portals without planted people'],
  decayPerDay: 2,
};
/** Conclusive alone: more than any rung asks for, nats. */
export const HONEYTOKEN_NATS = 30;
