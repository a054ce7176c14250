import type { Keep } from '#libs/base/table64.ts';
import { COMMONNESS_CLASSES, commonnessClass, commonnessLogRatio, PEC_WEEKS } from '#libs/evidence/index.ts';
import { MEMORY_DAYS } from './limits.ts';
import type { PipelineState } from './state.ts';

/**
 * Payload of a person: day last looked up (16 bits, wraps after 179 years); by how many accounts (8 bits, stops at its
 * end); week of the latest prise en charge or bill, counted modulo 255 from 1 (8 bits, 0: none known).
 */
const dayOf = (word: number): number => word & 0xffff;
/** By how many accounts the person was looked up before. */
export const seenBy = (word: number): number => (word >>> 16) & MAX_COUNT;
const MAX_COUNT = 0xff;
const weekOf = (day: number): number => (Math.floor(day / 7) % WEEKS) + 1;
const WEEKS = 255;
/** Honest look-ups of a group before its mix is used. */
const MIN_LOOKUPS = 200;

const personIsKept: Keep = (slots, at, day) => ((day - dayOf(slots[at]!)) & 0xffff) < MEMORY_DAYS;

/** Notes that one more account looked a person up; returns the payload as it was before (0: a person never met). */
export function meetPerson(state: PipelineState, lo: number, hi: number, day: number): number {
  const persons = state.persons;
  persons.insert(lo, hi, personIsKept, day);
  const word = persons.slots[persons.at]!;
  const before = seenBy(word);
  const now = Math.min(before + 1, MAX_COUNT);
  persons.slots[persons.at] = (word & 0xff000000) | (now << 16) | (day & 0xffff);
  if (before > 0) state.commonness[commonnessClass(before)] = state.commonness[commonnessClass(before)]! - 1;
  state.commonness[commonnessClass(now)] = state.commonness[commonnessClass(now)]! + 1;
  return word;
}

/** A person already met by this account was looked up again today. */
export function seePersonAgain(state: PipelineState, lo: number, hi: number, day: number): void {
  const persons = state.persons;
  if (!persons.find(lo, hi)) return;
  persons.slots[persons.at] = (persons.slots[persons.at]! & 0xffff0000) | (day & 0xffff);
}

/** A prise en charge was asked, or a bill sent, for this person by anybody. */
export function notePec(state: PipelineState, lo: number, hi: number, day: number): void {
  const persons = state.persons;
  persons.insert(lo, hi, personIsKept, day);
  const word = persons.slots[persons.at]!;
  const seen = seenBy(word) === 0 ? day & 0xffff : dayOf(word);
  persons.slots[persons.at] = (weekOf(day) << 24) | (word & 0xff0000) | seen;
}

/** Whether a prise en charge or a bill for the person is known that is not too old. @param word payload of the person */
export function hasPec(word: number, day: number): boolean {
  const week = word >>> 24;
  return week !== 0 && (weekOf(day) - week + WEEKS) % WEEKS <= PEC_WEEKS;
}

/** What it says that a person was seen by `before` accounts (>= 1), nats; 0 while the group's own mix is not known. */
export function commonness(state: PipelineState, group: number, before: number): number {
  const base = group * COMMONNESS_CLASSES;
  let lookups = 0;
  let people = 0;
  for (let i = 0; i < COMMONNESS_CLASSES; i++) {
    lookups += state.groups.commonness[base + i]!;
    people += state.commonness[i]!;
  }
  if (lookups < MIN_LOOKUPS) return 0;
  const c = commonnessClass(before);
  return commonnessLogRatio(
    (state.commonness[c]! + 1) / (people + COMMONNESS_CLASSES),
    (state.groups.commonness[base + c]! + 1) / (lookups + COMMONNESS_CLASSES),
  );
}
