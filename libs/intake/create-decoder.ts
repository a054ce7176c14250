import { AccessEventDecoder } from './access-event/decode.ts';
import type { Decoder } from './decoder.ts';
import type { InputFormat } from './detect-format.ts';
import { ACCESS_EVENT_FORMAT } from './detect-format.ts';
import { builtinMapping } from './mapping/builtin.ts';
import { MappedDecoder } from './mapping/mapped-decoder.ts';
import type { MappingFile } from './mapping/schema.ts';
import type { Pseudonymiser } from './pseudonymise.ts';

export interface DecoderOptions {
  readonly pseudonymiser: Pseudonymiser;
  /** What the records are: a format by name, or a mapping. Access events if nothing is said. */
  readonly format?: InputFormat | MappingFile;
}

/** Makes the decoder of one source of records. It keeps tables of recurring strings: one a format is enough. */
export function createDecoder({ pseudonymiser, format = ACCESS_EVENT_FORMAT }: DecoderOptions): Decoder {
  if (format === ACCESS_EVENT_FORMAT) return new AccessEventDecoder({ pseudonymiser });
  return new MappedDecoder(typeof format === 'string' ? builtinMapping(format) : format, pseudonymiser);
}
