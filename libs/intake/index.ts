export type { DecodeResult, Decoder, DecoderCounters } from './decoder.ts';
export { DECODED, MAX_RECORD_BYTES, rejectionCode, rejectionReason, SKIPPED } from './decoder.ts';
