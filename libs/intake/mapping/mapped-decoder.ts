import { assert } from '#libs/base/assert.ts';
import { hash64, hashBytes, hashString } from '#libs/base/hash64.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { DecodeResult, Decoder, DecoderCounters } from '../decoder.ts';
import { DECODED, MAX_RECORD_BYTES, rejectionCode, SKIPPED } from '../decoder.ts';
import { NO_TIME } from '../event-time.ts';
import {
  FIELD_ASN,
  FIELD_BIRTH_RANK,
  FIELD_ID,
  FIELD_ROWS,
  FIELD_TIME,
  FIELDS,
  FieldSlices,
  MAX_ASN,
  MAX_BIRTH_RANK,
  MAX_ID_CHARACTERS,
  MAX_ROWS,
  NUMERIC_FIELDS,
} from '../field-slices.ts';
import { EventFiller, MAX_INTERNED_ACCOUNTS, MAX_INTERNED_INSURERS } from '../fill-event.ts';
import { Interner } from '../interner.ts';
import type { Pseudonymiser } from '../pseudonymise.ts';
import type { FieldValue } from './field-value.ts';
import { conditionTest, fieldValue, NOT_IN_VALUES } from './field-value.ts';
import type { LineReader } from './line-reader.ts';
import { createLineReader } from './line-reader.ts';
import type { FieldRule, MappingFile } from './schema.ts';
import type { TimeReader } from './time-format.ts';
import { timeReader } from './time-format.ts';

const MISSING = rejectionCode('missing_field');
const WRONG_VALUE = rejectionCode('wrong_value');

/**
 * Decoder of lines of another log by a mapping. Where the mapping has no id, an event's id is made of its line's content
 * and position: the same file read twice gives the same events, two identical lines in it give two.
 */
export class MappedDecoder implements Decoder {
  readonly format: string;
  field = '';
  #decoded = 0;
  readonly #accounts = new Interner(MAX_INTERNED_ACCOUNTS);
  readonly #insurers = new Interner(MAX_INTERNED_INSURERS);
  readonly #filler: EventFiller;
  readonly #slices = new FieldSlices();
  readonly #reader: LineReader;
  readonly #keep: readonly (() => boolean)[];
  readonly #drop: readonly (() => boolean)[];
  readonly #fields: readonly { readonly index: number; readonly value: FieldValue }[];
  readonly #id: FieldValue | undefined;
  readonly #time: () => string | undefined;
  readonly #readTime: TimeReader;
  readonly #userAgent: () => string | undefined;
  #hasLine = false;
  #scratch = Buffer.alloc(4096);

  constructor(mapping: MappingFile, pseudonymiser: Pseudonymiser) {
    this.format = mapping.name;
    this.#filler = new EventFiller(pseudonymiser, this.#accounts, this.#insurers);
    const reader = createLineReader(mapping);
    this.#reader = reader;
    this.#keep = mapping.keep.map((condition) => conditionTest(condition, reader));
    this.#drop = mapping.drop.map((condition) => conditionTest(condition, reader));
    const ruleOf = (index: number) => mapping.fields[FIELDS[index]] as FieldRule | undefined;
    this.#fields = FIELDS.flatMap((_, index) => {
      const rule = index === FIELD_ID || index === FIELD_TIME ? undefined : ruleOf(index);
      return rule === undefined ? [] : [{ index, value: fieldValue(rule, reader) }];
    });
    const id = ruleOf(FIELD_ID);
    this.#id = id && fieldValue(id, reader);
    const { from, format, zone } = mapping.fields.time;
    this.#time = reader.accessor(from);
    const readTime = timeReader(format, zone);
    assert(typeof readTime !== 'string', `the mapping's time format was checked: ${String(readTime)}`);
    this.#readTime = readTime;
    this.#userAgent = mapping.userAgent === undefined ? () => undefined : reader.accessor(mapping.userAgent.from);
  }

  decode(buffer: Buffer, start: number, end: number, into: AccessEvent, position: number): DecodeResult {
    this.#hasLine = false;
    if (end - start > MAX_RECORD_BYTES) return this.#reject(rejectionCode('too_large'), '');
    const read = this.#reader.read(buffer.toString('utf8', start, end));
    if (read === 'header') return SKIPPED;
    if (read !== 'taken') return this.#reject(rejectionCode(read), '');
    this.#hasLine = true;
    if (!this.#keep.every((test) => test()) || this.#drop.some((test) => test())) return SKIPPED;

    const result = this.#readId(buffer, start, end, into, position) || this.#readTimeOf(into) || this.#readFields();
    if (result !== DECODED) return result;
    const filled = this.#filler.fillTimed(this.#slices, into);
    if (filled !== DECODED) return this.#reject(filled, FIELDS[this.#filler.rejectedField]);
    this.#decoded++;
    return DECODED;
  }

  #readId(buffer: Buffer, start: number, end: number, into: AccessEvent, position: number): DecodeResult {
    if (this.#id === undefined) {
      hashBytes(buffer, start, end, position ^ Math.floor(position / 2 ** 32));
    } else {
      const id = this.#id();
      if (id === undefined) return this.#reject(MISSING, 'id');
      if (typeof id !== 'string' || id.length > MAX_ID_CHARACTERS) return this.#reject(WRONG_VALUE, 'id');
      hashString(id);
    }
    into.idLo = hash64.lo;
    into.idHi = hash64.hi;
    return DECODED;
  }

  #readTimeOf(into: AccessEvent): DecodeResult {
    const text = this.#time();
    if (text === undefined || text === '') return this.#reject(MISSING, 'time');
    const timeMs = this.#readTime(text);
    if (timeMs === NO_TIME) return this.#reject(rejectionCode('bad_time'), 'time');
    into.timeMs = timeMs;
    return DECODED;
  }

  /** Writes the text of every field into the scratch buffer and notes where it stands. */
  #readFields(): DecodeResult {
    const slices = this.#slices;
    slices.clear(this.#scratch);
    let used = 0;
    for (const { index, value } of this.#fields) {
      const text = value();
      if (text === undefined) continue;
      if (text === NOT_IN_VALUES) return this.#reject(WRONG_VALUE, FIELDS[index]);
      if (NUMERIC_FIELDS.has(index)) {
        const n = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
        if (!(n <= MOST[index])) return this.#reject(WRONG_VALUE, FIELDS[index]);
        slices.numbers[index] = n;
        continue;
      }
      if (used + 3 * text.length > this.#scratch.length) this.#growScratch(used + 3 * text.length);
      slices.starts[index] = used;
      used += this.#scratch.write(text, used, 'utf8');
      slices.ends[index] = used;
    }
    return DECODED;
  }

  #growScratch(bytes: number): void {
    const larger = Buffer.alloc(bytes * 2);
    this.#scratch.copy(larger);
    this.#scratch = larger;
    this.#slices.bytes = larger;
  }

  #reject(result: DecodeResult, field: string): DecodeResult {
    this.field = field;
    return result;
  }

  startSource(): void {
    this.#reader.startSource();
  }

  userAgent(): string {
    const text = this.#hasLine ? this.#userAgent() : undefined;
    return text === undefined || text === '-' ? '' : text;
  }

  get counters(): DecoderCounters {
    return {
      fast: 0,
      slow: this.#decoded,
      internOverflow: this.#accounts.overflow + this.#insurers.overflow,
      internCollisions: this.#accounts.collisions + this.#insurers.collisions,
    };
  }
}

/** Largest number that each numeric field takes. */
const MOST: Readonly<Record<number, number>> = {
  [FIELD_ASN]: MAX_ASN,
  [FIELD_BIRTH_RANK]: MAX_BIRTH_RANK,
  [FIELD_ROWS]: MAX_ROWS,
};
