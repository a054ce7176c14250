import type { PipelineState } from './state.ts';

/**
 * How many look-ups miss in the whole portal just now. When an insurer does not answer, everybody misses: then a miss says
 * nothing about the account that made it. Every account speaks with its first few look-ups of an hour only, so that a
 * thief's misses do not excuse themselves.
 */
const VOICES_AN_HOUR = 3;
const HALF_LIFE_MINUTES = 20;
/** Fewer look-ups than this say nothing of the portal. */
const MIN_LOOKUPS = 40;
const MARGIN = 1.5;

/** Notes a look-up of a new identity. */
export function notePortalMiss(state: PipelineState, row: number, missed: boolean, minute: number): void {
  const { channels, portalMisses } = state;
  const hour = Math.floor(minute / 60);
  if (channels.voiceHour[row] !== hour) {
    channels.voiceHour[row] = hour;
    channels.foundVoices[row] = 0;
    channels.missVoices[row] = 0;
  }
  const voices = missed ? channels.missVoices : channels.foundVoices;
  if (voices[row]! >= VOICES_AN_HOUR) return;
  voices[row] = voices[row]! + 1;
  if (minute > portalMisses.minute) {
    const kept = 0.5 ** ((minute - portalMisses.minute) / HALF_LIFE_MINUTES);
    portalMisses.lookups *= kept;
    portalMisses.misses *= kept;
    portalMisses.minute = minute;
  }
  portalMisses.lookups++;
  if (missed) portalMisses.misses++;
}

/** Probability of a miss that the portal's present state alone explains; 0 where too little is seen. */
export function portalMissShare(state: PipelineState): number {
  const { lookups, misses } = state.portalMisses;
  return lookups < MIN_LOOKUPS ? 0 : Math.min(0.9, (MARGIN * misses) / lookups);
}
