import type { AccessEvent } from '#libs/model/access-event.ts';
import { OUTCOME_DENIED, OUTCOME_NOT_FOUND } from '#libs/model/codes.ts';
import { insurerNumber } from './insurers.ts';
import { countShown } from './shown.ts';
import { increment, slotOfDay } from './slots.ts';
import type { PipelineState } from './state.ts';

/**
 * Look-ups that name nobody: a search by name whose answer lists some people, a log that leaves the person out. Who was shown
 * is not known, so no stream speaks of it; how many such look-ups an account makes a day is held to its own scale by a quota,
 * and what they showed counts as exposed, each row as a person of its own (the most it can be).
 */

/** Takes a look-up without a person that did not fail. */
export function takeUnnamed(state: PipelineState, row: number, event: AccessEvent, minute: number): void {
  increment(state, state.channels.dayUnnamed, slotOfDay(row, minute));
  if (event.outcome !== OUTCOME_NOT_FOUND && event.outcome !== OUTCOME_DENIED) {
    countShown(state, row, insurerNumber(state, event), minute, Math.max(1, Math.floor(event.rows)));
  }
}
