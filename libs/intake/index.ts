export type { DecoderOptions } from './create-decoder.ts';
export { createDecoder } from './create-decoder.ts';
export type { DecodeResult, Decoder, DecoderCounters } from './decoder.ts';
export { DECODED, MAX_RECORD_BYTES, rejectionCode, rejectionReason, SKIPPED } from './decoder.ts';
export { nirKey } from './nir.ts';
export type { PseudonymKey } from './pseudonymise.ts';
export { createPseudonymiser, MIN_KEY_BYTES, Pseudonymiser, PUBLIC_REPLAY_KEY } from './pseudonymise.ts';
export type { TimeGuardOptions, TimeGuardState } from './time-guard.ts';
export { LOOK_AHEAD_EVENTS, TIME_AHEAD_MS, TimeGuard } from './time-guard.ts';
