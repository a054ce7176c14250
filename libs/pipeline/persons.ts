import type { Keep } from '#libs/base/table64.ts';
import { COMMONNESS_CLASSES, commonnessClass, commonnessLogRatio } from '#libs/evidence/index.ts';
import { MEMORY_DAYS } from './limits.ts';
import type { PipelineState } from './state.ts';

/** Payload of a person: day last looked up (16 bits, wraps after 179 years), by how many accounts (16 bits, stops at its end). */
const dayOf = (word: number): number => word & 0xffff;
const countOf = (word: number): number => word >>> 16;
const MAX_COUNT = 0xffff;
/** Honest look-ups of a group before its mix is used. */
const MIN_LOOKUPS = 200;

const personIsKept: Keep = (slots, at, day) => ((day - dayOf(slots[at]!)) & 0xffff) < MEMORY_DAYS;

/** Notes that one more account looked a person up; returns by how many it was seen before (0: by nobody in twelve months). */
export function meetPerson(state: PipelineState, lo: number, hi: number, day: number): number {
  const persons = state.persons;
  persons.insert(lo, hi, personIsKept, day);
  const word = persons.slots[persons.at]!;
  const before = countOf(word);
  const now = Math.min(before + 1, MAX_COUNT);
  persons.slots[persons.at] = (now << 16) | (day & 0xffff);
  if (before > 0) state.commonness[commonnessClass(before)] = state.commonness[commonnessClass(before)]! - 1;
  state.commonness[commonnessClass(now)] = state.commonness[commonnessClass(now)]! + 1;
  return before;
}

/** A person already met by this account was looked up again today. */
export function seePersonAgain(state: PipelineState, lo: number, hi: number, day: number): void {
  const persons = state.persons;
  if (!persons.find(lo, hi)) return;
  const word = persons.slots[persons.at]!;
  persons.slots[persons.at] = (countOf(word) << 16) | (day & 0xffff);
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
