import { AccessEventDecoder } from './access-event/decode.ts';
import type { Decoder } from './decoder.ts';
import type { Pseudonymiser } from './pseudonymise.ts';

export interface DecoderOptions {
  readonly pseudonymiser: Pseudonymiser;
}

/** Makes the decoder of one source of records. It keeps tables of recurring strings: one a process is enough. */
export function createDecoder({ pseudonymiser }: DecoderOptions): Decoder {
  return new AccessEventDecoder({ pseudonymiser });
}
