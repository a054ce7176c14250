import type { StreamSpec } from './stream.ts';

/** When the account is at work. Says nothing about who is looked up: night duty looks the same, so both count for little. */
export const CLOSED_HOURS: StreamSpec = {
  name: 'closed_hours',
  sees: 'days on which the account works at hours at which hardly anybody of the group does',
  nullModel: 'a day of work has such hours with the account’s own probability (upper posterior bound)',
  blindSpots: ['theft during opening hours', 'hospitals and whoever works at night'],
  decayPerDay: 1,
};
/** Share of such days under a thief who does not care for the clock. */
export const CLOSED_HOURS_ATTACK = 0.6;
/** An hour of the week is closed where the group does less than this share of its average hour. */
export const CLOSED_SHARE = 0.2;

export const ROUND_THE_CLOCK: StreamSpec = {
  name: 'round_the_clock',
  sees: 'more hours of activity within 24 than the account ever works',
  nullModel: 'an account is active in no more than 15 of the last 24 hours, or four more than on its usual day',
  blindSpots: ['theft that sleeps', 'hospitals and whoever works in shifts'],
  decayPerDay: 2,
};
/** Hours within 24 that anybody may be at work, and hours beyond the account's usual day. */
export const WAKING_HOURS = 15;
export const OVERTIME_HOURS = 4;
/** What each active hour beyond says, nats. */
export const SLEEPLESS_NATS = 0.7;
