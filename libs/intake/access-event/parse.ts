import { assert } from '#libs/base/assert.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';
import { MAX_RECORD_BYTES } from '../decoder.ts';
import type { FieldName, FieldSlices } from '../field-slices.ts';
import { FIELDS } from '../field-slices.ts';
import { accessEventSchema } from './schema.ts';

/**
 * The full parser: JSON.parse and the schema. It decides about everything the scanner is not sure of, and it alone says
 * why a record is rejected and which field is to blame.
 */

export interface ParseRejection {
  readonly reason: RejectionReason;
  readonly field: string;
}

// One byte that is no UTF-8 becomes U+FFFD, which has three.
const SCRATCH_BYTES = 3 * MAX_RECORD_BYTES;
let scratch: Buffer | undefined;

/**
 * Parses the record in `bytes[start, end)` and notes its fields in `slices` (which then point into a buffer of this
 * module that the next call overwrites). Returns undefined, or why the record is not taken.
 */
export function parseAccessEvent(
  bytes: Buffer,
  start: number,
  end: number,
  slices: FieldSlices,
): ParseRejection | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    return { reason: 'not_json', field: '' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { reason: 'not_object', field: '' };
  const parsed = accessEventSchema.safeParse(value);
  if (!parsed.success) return explain(value, parsed.error.issues[0].path);

  scratch ??= Buffer.alloc(SCRATCH_BYTES);
  slices.clear(scratch);
  let used = 0;
  for (const [index, name] of FIELDS.entries()) {
    const found = at(parsed.data, name);
    if (typeof found === 'number') {
      slices.numbers[index] = found;
    } else if (typeof found === 'string') {
      slices.starts[index] = used;
      used += scratch.write(found, used, 'utf8');
      slices.ends[index] = used;
    }
  }
  assert(used < SCRATCH_BYTES, 'the text of a record fits the scratch buffer');
  return undefined;
}

function explain(value: unknown, path: readonly PropertyKey[]): ParseRejection {
  const field = path.join('.');
  const found = at(value, field);
  if (found === undefined || found === null) return { reason: 'missing_field', field };
  if (typeof found !== expectedType(field)) return { reason: 'wrong_type', field };
  if (Array.isArray(found)) return { reason: 'wrong_type', field };
  return { reason: field === 'time' ? 'bad_time' : 'wrong_value', field };
}

function expectedType(field: string): 'object' | 'number' | 'string' {
  if (field === 'account' || field === 'source' || field === 'beneficiary') return 'object';
  return field === 'rows' || field === 'source.asn' || field === 'beneficiary.birthRank' ? 'number' : 'string';
}

/** Value at a dotted path; undefined where there is none. */
function at(value: unknown, path: FieldName | string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
