import { CHANNEL_WEB, CLASS_PROFESSIONAL, NIR_KEY_UNKNOWN, OUTCOME_FOUND, PROFESSION_OTHER } from './codes.ts';

/**
 * One access event after intake: decoded, checked, pseudonymised. No name, NIR or contract is in it.
 *
 * It is one flat, reusable object of numbers so that the hot path allocates nothing: a decoder fills the same instance
 * for event after event, and whoever wants to keep one copies it (`copyEvent`). 64-bit hashes are two int32 halves
 * (`…Lo`, `…Hi`): small integers for V8. Both halves 0 means "absent".
 */
export class AccessEvent {
  readonly kind = 'event' as const;
  /** Event time, ms since the epoch. */
  timeMs = 0;
  /** When the log got it (the broker's time stamp), ms; 0 where the source has none, e.g. a file. */
  arrivalMs = 0;
  /** Hash of `id`, for duplicates. */
  idLo = 0;
  idHi = 0;
  /** Hash of `account.id`. */
  accountLo = 0;
  accountHi = 0;
  /** The account's id; interned by intake, so the same string object each time. */
  accountId = '';
  /** Codes of `codes.ts`. */
  accountClass = CLASS_PROFESSIONAL;
  profession = PROFESSION_OTHER;
  channel = CHANNEL_WEB;
  action = 0;
  outcome = OUTCOME_FOUND;
  /** Department of the account (index of `departments.ts`), 0 unknown. */
  accountDepartment = 0;
  /** Day the account was created, days since the epoch; -1 unknown. */
  accountCreatedDay = -1;
  orgLo = 0;
  orgHi = 0;
  sessionLo = 0;
  sessionHi = 0;
  /** Hash of the network: the /24 of an IPv4 address, the /48 of an IPv6 one. */
  networkLo = 0;
  networkHi = 0;
  /** Hash of the whole address. */
  addressLo = 0;
  addressHi = 0;
  /** Autonomous system number, 0 unknown. */
  asn = 0;
  /** Two ASCII letters of the country as (a << 8 | b), 0 unknown. */
  country = 0;
  deviceLo = 0;
  deviceHi = 0;
  userAgentLo = 0;
  userAgentHi = 0;
  /** True where the event names a person (or, in a mapped log, a thing) looked up. */
  hasPerson = false;
  /** First 128 bits of HMAC-SHA-256(key, NIR or token): novelty is counted on this. Lo/Hi index the tables. */
  personLo = 0;
  personHi = 0;
  person2 = 0;
  person3 = 0;
  /** Hash of birth date and rank under that NIR: one NIR may cover several people. 0 where absent. */
  identity = 0;
  /** Department of birth in the NIR (index of `departments.ts`), 0 unknown. */
  birthDepartment = 0;
  /** First ten digits of the NIR (sex, year, month, place of birth) as a number, Corsica folded in; -1 where absent. */
  nirPrefix = -1;
  /** Digits 11-13, the order among the births of that month and place; -1 where absent. */
  nirOrder = -1;
  nirKey = NIR_KEY_UNKNOWN;
  /** Sex digit (1, 2, …; 0 unknown) and two-digit year of birth (-1 unknown) in the NIR. */
  nirSex = 0;
  nirYear = -1;
  /** The insurer's number (AMC), interned; '' where absent. */
  insurer = '';
  /** Days since the epoch; `coverageEndDay` is -1 where the event has none. */
  coverageEndDay = -1;
  rows = 1;
}

/** Copies every field of `from` into `to` and returns `to`. */
export function copyEvent(from: AccessEvent, to: AccessEvent = new AccessEvent()): AccessEvent {
  return Object.assign(to, from);
}

/** The pseudonym as 32 hex digits (the first 128 bits of the HMAC). */
export function personToken(event: AccessEvent): string {
  const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
  return hex(event.personLo) + hex(event.personHi) + hex(event.person2) + hex(event.person3);
}
