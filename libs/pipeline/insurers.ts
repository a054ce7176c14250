import { INSURERS_KEPT } from '#libs/baseline/schema.ts';
import { USUAL_SHARE } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { MAX_INSURERS } from './limits.ts';
import type { PipelineState } from './state.ts';

/** Number of the event's insurer in this partition (0: the log names none, or more than there can be). */
export function insurerNumber(state: PipelineState, event: AccessEvent): number {
  const known = state.insurerIndex.get(event.insurer);
  if (known !== undefined) return known;
  if (state.insurers.length > MAX_INSURERS) {
    // Not numbers of insurers any more, whatever the log calls them: counted together, and how often is shown.
    state.counters.insurersFolded++;
    return 0;
  }
  const number = state.insurers.length;
  state.insurers.push(event.insurer);
  state.insurerIndex.set(event.insurer, number);
  return number;
}

/** People of whom the insurer was noted before an account's usual insurers mean anything. */
const MIN_PEOPLE = 30;
/** Beyond this many the past fades: a company's screening day is learnt in ten people. */
const MEMORY_PEOPLE = 300;

/** Whether an insurer is one of the account's usual ones; undefined while too little is known. @param number see `insurerNumber`, not 0 */
export function isUsualInsurer(state: PipelineState, row: number, number: number): boolean | undefined {
  const channels = state.channels;
  const total = channels.usualTotal[row]!;
  if (total < MIN_PEOPLE) return undefined;
  for (let i = row * INSURERS_KEPT; i < (row + 1) * INSURERS_KEPT; i++) {
    if (channels.usualInsurer[i] === number) return channels.usualPeople[i]! >= USUAL_SHARE * total;
  }
  return false;
}

/** Counts a person's insurer among the account's: the eight most frequent (Misra and Gries 1982). */
export function learnInsurer(state: PipelineState, row: number, number: number): void {
  const { usualInsurer, usualPeople, usualTotal } = state.channels;
  const base = row * INSURERS_KEPT;
  const end = base + INSURERS_KEPT;
  usualTotal[row] = usualTotal[row]! + 1;
  let free = -1;
  let found = false;
  for (let i = base; i < end && !found; i++) {
    if (usualInsurer[i] === number) {
      usualPeople[i] = usualPeople[i]! + 1;
      found = true;
    } else if (usualPeople[i] === 0) free = i;
  }
  if (!found && free >= 0) {
    usualInsurer[free] = number;
    usualPeople[free] = 1;
  } else if (!found) {
    for (let i = base; i < end; i++) usualPeople[i] = usualPeople[i]! - 1;
  }
  if (usualTotal[row]! < MEMORY_PEOPLE) return;
  usualTotal[row] = usualTotal[row]! >> 1;
  for (let i = base; i < end; i++) usualPeople[i] = usualPeople[i]! >> 1;
}
