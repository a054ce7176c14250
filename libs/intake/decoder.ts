import type { AccessEvent } from '#libs/model/access-event.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';
import { REJECTION_REASONS } from '#libs/model/rejection.ts';

/**
 * What every decoder of this lib offers, whatever the format: bytes of one record in, one access event filled. The
 * result is a number, so that a decoder allocates nothing when all is well.
 */

/** The event was filled. */
export const DECODED = 0;
/** Not an event and not an error: a CSV header, or a line that the mapping leaves out. `into` is not to be used. */
export const SKIPPED = -1;

/** {@link DECODED}, {@link SKIPPED}, or 1 + the index of a reason in `REJECTION_REASONS`. */
export type DecodeResult = number;

/** A record longer than this is rejected as `too_large`. */
export const MAX_RECORD_BYTES = 64 * 1024;

export const rejectionCode = (reason: RejectionReason): DecodeResult => REJECTION_REASONS.indexOf(reason) + 1;

/** Name of a rejecting result; undefined for {@link DECODED} and {@link SKIPPED}. */
export const rejectionReason = (result: DecodeResult): RejectionReason | undefined => REJECTION_REASONS[result - 1];

/** Limits of a decoder that were reached, and detours it took: shown, never silent. */
export interface DecoderCounters {
  /** Records taken by the fast scanner, and those for which it gave up in favour of the full parser. */
  readonly fast: number;
  readonly slow: number;
  /** Strings made afresh because a table of recurring strings was full, or two of them had the same hash. */
  readonly internOverflow: number;
  readonly internCollisions: number;
}

export interface Decoder {
  /** `access-event` or the mapping's name. */
  readonly format: string;
  /**
   * Decodes the record in `buffer[start, end)` (without line end) and fills every field of `into` except `arrivalMs`,
   * which it sets to 0. After a rejection `into` holds nothing to rely on and {@link Decoder.field} names the field.
   *
   * @param position line number or offset of the record in its source: a format without event ids makes them from it.
   */
  decode(buffer: Buffer, start: number, end: number, into: AccessEvent, position: number): DecodeResult;
  /** Dotted path of the field that the last rejection is about; '' where it concerns the whole record. */
  readonly field: string;
  /** To be called where another source (file) begins: a CSV file has its header there. */
  startSource(): void;
  /**
   * The user agent of the record decoded last, '' where it has none: for reports only, the detector never sees it.
   * To be asked for before the next `decode` and while the buffer is unchanged.
   */
  userAgent(): string;
  readonly counters: DecoderCounters;
}
