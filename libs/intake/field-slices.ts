/**
 * Where the fields of one access event stand in a buffer: what every decoder (scanner, full parser, mapping) finds out
 * before an event is filled. Text is a slice, a number is a number; nothing is copied.
 */

/** Every field that is read, in the order in which a record is checked: the first one that is wrong is named. */
export const FIELDS = [
  'id',
  'time',
  'account.id',
  'account.class',
  'account.profession',
  'account.org',
  'account.department',
  'account.createdAt',
  'session',
  'source.ip',
  'source.asn',
  'source.country',
  'source.device',
  'source.userAgent',
  'channel',
  'action',
  'outcome',
  'beneficiary.nir',
  'beneficiary.token',
  'beneficiary.birthDate',
  'beneficiary.birthRank',
  'beneficiary.amc',
  'beneficiary.coverageEnd',
  'rows',
] as const;
export type FieldName = (typeof FIELDS)[number];

export const FIELD_ID = 0;
export const FIELD_TIME = 1;
export const FIELD_ACCOUNT = 2;
export const FIELD_CLASS = 3;
export const FIELD_PROFESSION = 4;
export const FIELD_ORG = 5;
export const FIELD_DEPARTMENT = 6;
export const FIELD_CREATED_AT = 7;
export const FIELD_SESSION = 8;
export const FIELD_IP = 9;
export const FIELD_ASN = 10;
export const FIELD_COUNTRY = 11;
export const FIELD_DEVICE = 12;
export const FIELD_USER_AGENT = 13;
export const FIELD_CHANNEL = 14;
export const FIELD_ACTION = 15;
export const FIELD_OUTCOME = 16;
export const FIELD_NIR = 17;
export const FIELD_TOKEN = 18;
export const FIELD_BIRTH_DATE = 19;
export const FIELD_BIRTH_RANK = 20;
export const FIELD_AMC = 21;
export const FIELD_COVERAGE_END = 22;
export const FIELD_ROWS = 23;

export const NUMERIC_FIELDS: ReadonlySet<number> = new Set([FIELD_ASN, FIELD_BIRTH_RANK, FIELD_ROWS]);

/** Largest values taken: a 32-bit AS number (RFC 6793), a rank that is one or two digits on paper, an int32 count. */
export const MAX_ASN = 0xffffffff;
export const MAX_BIRTH_RANK = 999;
export const MAX_ROWS = 0x7fffffff;
export const MAX_ID_CHARACTERS = 128;

export class FieldSlices {
  /** The buffer that the slices point into. */
  bytes: Buffer = Buffer.alloc(0);
  /** First byte of each text field, -1 where it is absent. */
  readonly starts = new Int32Array(FIELDS.length).fill(-1);
  readonly ends = new Int32Array(FIELDS.length);
  /** Value of each numeric field, -1 where it is absent. */
  readonly numbers = new Float64Array(FIELDS.length).fill(-1);

  clear(bytes: Buffer): void {
    this.bytes = bytes;
    this.starts.fill(-1);
    this.ends.fill(-1);
    this.numbers[FIELD_ASN] = -1;
    this.numbers[FIELD_BIRTH_RANK] = -1;
    this.numbers[FIELD_ROWS] = -1;
  }
}
