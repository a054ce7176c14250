import type { PipelineState } from './state.ts';

/**
 * How many of the people whom the whole portal meets have a contract that has ended: at the turn of the year, when half the
 * country changes insurers, that says nothing of the account that met them. Accounts speak as they do of misses, with their
 * first few look-ups of an hour.
 */
const HALF_LIFE_MINUTES = 720;
const MIN_PEOPLE = 100;
const MARGIN = 1.5;

/** Notes a person found. @param closed whether the contract had ended */
export function notePortalContract(state: PipelineState, closed: boolean, minute: number): void {
  const portal = state.portalContracts;
  if (minute > portal.minute) {
    const kept = 0.5 ** ((minute - portal.minute) / HALF_LIFE_MINUTES);
    portal.people *= kept;
    portal.closed *= kept;
    portal.minute = minute;
  }
  portal.people++;
  if (closed) portal.closed++;
}

/** Probability of an ended contract that the season alone explains; 0 where too little is seen. */
export function portalClosedShare(state: PipelineState): number {
  const { people, closed } = state.portalContracts;
  return people < MIN_PEOPLE ? 0 : Math.min(0.9, (MARGIN * closed) / people);
}
