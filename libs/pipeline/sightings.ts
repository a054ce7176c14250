import type { Keep } from '#libs/base/table64.ts';
import { MEMORY_DAYS } from './limits.ts';
import type { PipelineState } from './state.ts';

/** What a source is. */
export const NETWORK = 0x6e657477;
export const DEVICE = 0x64657669;

/** Payload of a sighting: day the account first had the source (16 bits, 0: it began with it), day it was last met anew (16 bits). */
const lastOf = (word: number): number => word & 0xffff;
const firstOf = (word: number): number => word >>> 16;

const sightingIsKept: Keep = (slots, at, day) => ((day - lastOf(slots[at]!)) & 0xffff) < MEMORY_DAYS;

/**
 * Day an account first had a source, of all it had in twelve months: an establishment has more than its last few.
 * @param day today @param begins whether the account begins with the source: that is its own, not new
 * @returns days since the epoch (16 bits); 0: its own from the start; `day` itself: first met now
 */
export function firstSight(
  state: PipelineState,
  account: number,
  lo: number,
  hi: number,
  what: number,
  day: number,
  begins: boolean,
): number {
  const { accounts, sightings } = state;
  const isFirst = sightings.insert(
    lo ^ accounts.keyLo[account]!,
    hi ^ accounts.keyHi[account]! ^ what,
    sightingIsKept,
    day,
  );
  const first = isFirst ? (begins ? 0 : day & 0xffff) : firstOf(sightings.slots[sightings.at]!);
  sightings.slots[sightings.at] = (first << 16) | (day & 0xffff);
  return first;
}

/**
 * The source met last was new for a reason that is none of the account's: it counts as its own from the start.
 * @param firsts first days of the account's last sources @param place its place among them
 */
export function ownFromNow({ sightings }: PipelineState, firsts: Uint16Array, place: number): void {
  firsts[place] = 0;
  sightings.slots[sightings.at] = lastOf(sightings.slots[sightings.at]!);
}
