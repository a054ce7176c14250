import type { Keep } from '#libs/base/table64.ts';
import { MEMORY_DAYS } from './limits.ts';

/**
 * Payload of a known pair (account, person), two 32-bit words: the minute of the first look-up; and, packed, the hour it
 * was last looked up (16 bits, wraps after seven years), the person's birth department (7 bits) and flags.
 */
export const PAIR_FOLLOWED = 1 << 23;
/** The person was billed before any look-up: no relationship until that is a week old. */
export const PAIR_BILLED_FIRST = 1 << 24;
export const PAIR_MISS = 1 << 25;
/** Looked up on the api channel first. */
export const PAIR_API = 1 << 26;
/** Stands in a cohort that waits for follow-ups. */
export const PAIR_COHORT = 1 << 27;
/** Its birth department was learnt. */
export const PAIR_LEARNT = 1 << 28;

/** A known person, looked up again and not followed up since. */
export const PAIR_AGAIN = 1 << 29;

/** Was born outside the account's usual departments, as it looked at the first look-up. */
export const PAIR_OUTSIDE = 1 << 30;

export const packPair = (hour: number, department: number, flags: number): number =>
  (hour & 0xffff) | (department << 16) | flags;
export const pairHour = (word: number): number => word & 0xffff;
export const pairDepartment = (word: number): number => (word >>> 16) & 0x7f;
export const withHour = (word: number, hour: number): number => (word & ~0xffff) | (hour & 0xffff);

const MEMORY_HOURS = MEMORY_DAYS * 24;

/** Whether a pair was looked up within twelve months of `hour`. */
export const pairIsKept: Keep = (slots, at, hour) => ((hour - pairHour(slots[at + 1]!)) & 0xffff) < MEMORY_HOURS;
