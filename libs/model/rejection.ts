/** Why an input record was not taken. The list is closed and its names are printed (`run.rejected` of a replay). */
export const REJECTION_REASONS = [
  'not_json',
  'not_object',
  'too_large',
  'missing_field',
  'wrong_type',
  'wrong_value',
  'bad_time',
  'time_ahead',
  'time_too_old',
  'unmapped_line',
  'truncated_input',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** A record that was not taken: a value to count, dead-letter and explain. It never holds the record's own content. */
export interface Rejection {
  readonly reason: RejectionReason;
  /** Dotted path of the offending field, '' where it concerns the whole record. */
  readonly field: string;
  /** Where it stood: file or topic, and line or offset. */
  readonly source: string;
  readonly position: number;
  /** SHA-256 of the bytes, hex; empty until the dead-letter writer asks for it. */
  readonly digest: string;
}
