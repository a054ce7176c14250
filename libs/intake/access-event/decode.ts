import { assert } from '#libs/base/assert.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { DecodeResult, Decoder, DecoderCounters } from '../decoder.ts';
import { DECODED, MAX_RECORD_BYTES, rejectionCode } from '../decoder.ts';
import { FIELD_USER_AGENT, FIELDS, FieldSlices } from '../field-slices.ts';
import { EventFiller, MAX_INTERNED_ACCOUNTS, MAX_INTERNED_INSURERS } from '../fill-event.ts';
import { Interner } from '../interner.ts';
import type { Pseudonymiser } from '../pseudonymise.ts';
import { parseAccessEvent } from './parse.ts';
import { AccessEventScanner } from './scan.ts';

export interface AccessEventDecoderOptions {
  readonly pseudonymiser: Pseudonymiser;
  /** False: every record goes through the full parser. For tests that compare the two. */
  readonly fastPath?: boolean;
}

const TOO_LARGE = rejectionCode('too_large');

/** Decoder of access events, version 1: one JSON object a record. */
export class AccessEventDecoder implements Decoder {
  readonly format = 'access-event';
  field = '';
  #fast = 0;
  #slow = 0;
  readonly #fastPath: boolean;
  readonly #accounts = new Interner(MAX_INTERNED_ACCOUNTS);
  readonly #insurers = new Interner(MAX_INTERNED_INSURERS);
  readonly #slices = new FieldSlices();
  readonly #scanner = new AccessEventScanner(this.#slices);
  readonly #filler: EventFiller;

  constructor({ pseudonymiser, fastPath = true }: AccessEventDecoderOptions) {
    this.#filler = new EventFiller(pseudonymiser, this.#accounts, this.#insurers);
    this.#fastPath = fastPath;
  }

  decode(buffer: Buffer, start: number, end: number, into: AccessEvent): DecodeResult {
    if (end - start > MAX_RECORD_BYTES) {
      this.field = '';
      this.#slices.clear(buffer);
      return TOO_LARGE;
    }
    if (this.#fastPath && this.#scanner.scan(buffer, start, end) && this.#filler.fill(this.#slices, into) === DECODED) {
      this.#fast++;
      return DECODED;
    }
    return this.#decodeSlowly(buffer, start, end, into);
  }

  #decodeSlowly(buffer: Buffer, start: number, end: number, into: AccessEvent): DecodeResult {
    this.#slow++;
    const rejection = parseAccessEvent(buffer, start, end, this.#slices);
    if (rejection !== undefined) {
      this.field = rejection.field;
      return rejectionCode(rejection.reason);
    }
    const result = this.#filler.fill(this.#slices, into);
    assert(result === DECODED, `the schema lets no wrong ${FIELDS[this.#filler.rejectedField]} through`);
    return DECODED;
  }

  startSource(): void {}

  userAgent(): string {
    const { bytes, starts, ends } = this.#slices;
    const start = starts[FIELD_USER_AGENT];
    return start < 0 ? '' : bytes.toString('utf8', start, ends[FIELD_USER_AGENT]);
  }

  get counters(): DecoderCounters {
    return {
      fast: this.#fast,
      slow: this.#slow,
      internOverflow: this.#accounts.overflow + this.#insurers.overflow,
      internCollisions: this.#accounts.collisions + this.#insurers.collisions,
    };
  }
}
