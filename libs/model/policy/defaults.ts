import type { Rung } from '#libs/model/alert.ts';
import type { Profession } from '#libs/model/codes.ts';
import type { FollowUpFrom, QuotaPolicy, TailKnots } from '#libs/model/detection-policy.ts';
import type { StreamName } from '#libs/model/streams.ts';

/**
 * Every figure that holds where a policy file says nothing, in one place: this is the file to edit after a calibration.
 * What the response does by default is in `response-policy.ts`.
 */

/** Score from which each rung is reached, nats. */
export const DEFAULT_THRESHOLDS: Readonly<Record<Rung, number>> = {
  alert: 6.5,
  step_up: 8.9,
  throttle: 11,
  suspend: 12,
};

/** Upper quantiles of each stream's monthly maximum over honest accounts, nats. */
export const DEFAULT_TAILS: Readonly<Record<StreamName, TailKnots>> = {
  territory: { q99: 6, q999: 11 },
  miss: { q99: 6.6, q999: 11 },
  adjacency: { q99: 8, q999: 10 },
  unseen: { q99: 3, q999: 7 },
  no_follow_up_30m: { q99: 7, q999: 19 },
  no_follow_up_3h: { q99: 6.5, q999: 19 },
  no_follow_up_1d: { q99: 5.2, q999: 15 },
  no_follow_up_9d: { q99: 4, q999: 15 },
  rate: { q99: 30, q999: 80 },
  new_source: { q99: 4.6, q999: 6.9 },
  territory_new_source: { q99: 4, q999: 7 },
  miss_new_source: { q99: 4.5, q999: 8 },
  closed_contract: { q99: 6, q999: 10 },
  identities: { q99: 3, q999: 6 },
  other_insurer: { q99: 12, q999: 18 },
  no_pec: { q99: 8, q999: 14 },
  cadence: { q99: 30, q999: 60 },
  closed_hours: { q99: 5, q999: 9 },
  round_the_clock: { q99: 30, q999: 60 },
  dormant: { q99: 4.6, q999: 6.9 },
  honeytoken: { q99: 1, q999: 1.1 },
  sorted_order: { q99: 12, q999: 40 },
  first_export: { q99: 4.6, q999: 6.9 },
};

/** Limits start at factor × (the account's own mean + offset). */
export const DEFAULT_QUOTA: QuotaPolicy = {
  hourFactor: 6,
  hourOffset: 2,
  dayFactor: 5.4,
  dayOffset: 4,
  unfollowedFactor: 2.25,
  unfollowedOffset: 30,
  priorNewPerDay: {
    other: 5,
    pharmacist: 20,
    optician: 3,
    audiologist: 2,
    dentist: 4,
    physician: 6,
    laboratory: 40,
    hospital: 60,
    nurse: 3,
    physiotherapist: 2,
    radiology: 15,
    ambulance: 5,
    payer: 40,
  },
};

/** Shortest delay after which a missing follow-up counts, by profession. */
export const DEFAULT_FOLLOW_UP_FROM: Readonly<Record<Profession, FollowUpFrom>> = {
  other: '30m',
  pharmacist: '30m',
  optician: '30m',
  audiologist: '30m',
  dentist: '30m',
  physician: '30m',
  laboratory: '30m',
  hospital: '30m',
  nurse: '30m',
  physiotherapist: '30m',
  radiology: '30m',
  ambulance: '30m',
  payer: '30m',
};
