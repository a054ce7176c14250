import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessEventDecoder } from '#libs/intake/access-event/decode.ts';
import { AccessEventScanner } from '#libs/intake/access-event/scan.ts';
import { FIELDS, FieldSlices, NUMERIC_FIELDS } from '#libs/intake/field-slices.ts';
import { createPseudonymiser, PUBLIC_REPLAY_KEY } from '#libs/intake/index.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import { ACCOUNT_CLASSES, ACTIONS, CHANNELS, OUTCOMES, PROFESSIONS } from '#libs/model/codes.ts';
import { EXAMPLE } from './example.ts';

/**
 * The fast path against JSON.parse and the schema: same accepted, same rejected with the same reason and field, same
 * values. Records are valid events, events with any value anywhere, and the bytes of either damaged at random.
 */

const pseudonymiser = createPseudonymiser(PUBLIC_REPLAY_KEY);
const fast = new AccessEventDecoder({ pseudonymiser });
const slow = new AccessEventDecoder({ pseudonymiser, fastPath: false });

function compare(bytes: Buffer): void {
  const a = new AccessEvent();
  const b = new AccessEvent();
  // In the middle of a buffer, so that reading past either end would be seen.
  const framed = Buffer.concat([Buffer.from('{"id":"'), bytes, Buffer.from('"}}}]')]);
  const resultA = fast.decode(framed, 7, 7 + bytes.length, a);
  const userAgentA = resultA === 0 ? fast.userAgent() : '';
  const resultB = slow.decode(bytes, 0, bytes.length, b);
  expect(resultA).toBe(resultB);
  if (resultB !== 0) {
    expect(fast.field).toBe(slow.field);
  } else {
    expect(a).toEqual(b);
    expect(userAgentA).toBe(slow.userAgent());
  }
}

const plain = fc.stringMatching(/^[ !#-Z^-z]{1,20}$/);
const odd = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom(
    '',
    ' ',
    '\\',
    '"',
    '\u007f',
    '\u0000',
    'é',
    'y'.repeat(256),
    '\ud800',
    'null',
    '192.0.2.7',
    '2001:db8::1',
    'FR',
  ),
);
/** Mostly what portals write, now and then what nobody expects. */
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: rare });
const text = mostly(plain, odd);
const time = mostly(
  fc
    .date({ min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom('2026-03-02T08:12:33+01:00', '2016-12-31T23:59:60Z', '2026-03-02 08:12:33.5Z', '2026-03-02', 'x'),
);
const date = mostly(
  fc.constantFrom('2024-01-01', '2024-02-29'),
  fc.constantFrom('2023-02-29', '', 'x', '0001-01-01', '2024-01-01T00:00:00Z', '9999-12-31'),
);
const whole = mostly(fc.nat(5), fc.constantFrom(-1, 0.5, 1e3, 4294967295, 4294967296, 2147483647, 2147483648, 1e21));
const nir = fc.oneof(fc.stringMatching(/^[12378]\d{12}(\d\d)?$/), fc.stringMatching(/^[12]\d{4}2[AB]\d{6}$/), text);
/** `arb`, sometimes null, absent, or of a wrong type. */
const loose = (arb: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 80, arbitrary: arb },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, undefined, true, 7, 'x', [], {}, [1], { id: 'x' }, -0) },
  );
const anEvent = fc.record({
  id: loose(mostly(plain, fc.string({ minLength: 126, maxLength: 130 }))),
  time: loose(time),
  account: loose(
    fc.record({
      id: loose(text),
      class: loose(fc.constantFrom(...ACCOUNT_CLASSES)),
      profession: loose(fc.constantFrom(...PROFESSIONS)),
      org: loose(text),
      department: loose(fc.oneof(fc.constantFrom('69', '2A', '971', '1', '069'), text)),
      createdAt: loose(date),
    }),
  ),
  session: loose(text),
  source: loose(
    fc.record({
      ip: loose(text),
      asn: loose(whole),
      country: loose(text),
      device: loose(text),
      userAgent: loose(text),
    }),
  ),
  channel: loose(fc.constantFrom(...CHANNELS)),
  action: loose(fc.constantFrom(...ACTIONS)),
  outcome: loose(fc.constantFrom(...OUTCOMES)),
  beneficiary: loose(
    fc.record(
      {
        nir: loose(nir),
        token: loose(text),
        birthDate: loose(text),
        birthRank: loose(whole),
        amc: loose(text),
        contract: fc.jsonValue(),
        coverageEnd: loose(date),
      },
      { requiredKeys: [] },
    ),
  ),
  rows: loose(whole),
  'x-unknown': fc.jsonValue({ maxDepth: 2 }),
});

/** Replaces, removes, doubles or inserts pieces of bytes; some pieces are what JSON is sensitive to. */
const damage = fc.array(
  fc.record({
    at: fc.nat(),
    remove: fc.nat(6),
    insert: fc.oneof(
      fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\t', '\n', '\u00a0', '0', '-', '.', 'e5', 'null'),
      fc.constantFrom('"id":"y",', '"rows":01,', '"rows":1.0,', '"account":{"id":"z"},', '\\u0041', '1e2', '"x":-0.5,'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    ),
  }),
  { maxLength: 3 },
);

function applyDamage(json: string, changes: { at: number; remove: number; insert: string }[]): Buffer {
  let damaged = json;
  for (const { at, remove, insert } of changes) {
    const where = at % (damaged.length + 1);
    damaged = damaged.slice(0, where) + insert + damaged.slice(where + remove);
  }
  return Buffer.from(damaged);
}

describe('the scanner against JSON.parse and the schema', () => {
  it('agrees on events with any value in any field', () => {
    fc.assert(
      fc.property(anEvent, fc.constantFrom(0, 0, 0, 1), (event, indent) => {
        compare(Buffer.from(JSON.stringify(event, null, indent)));
      }),
      { numRuns: 1500 },
    );
    expect(fast.counters.fast).toBeGreaterThan(100);
  });

  it('agrees on damaged bytes of valid events', () => {
    const json = JSON.stringify(EXAMPLE);
    fc.assert(
      fc.property(damage, (changes) => compare(applyDamage(json, changes))),
      { numRuns: 3000 },
    );
  });

  it('agrees on every record cut short and on every single byte replaced', () => {
    const json = Buffer.from(JSON.stringify(EXAMPLE));
    for (let i = 0; i <= json.length; i++) {
      compare(json.subarray(0, i));
      for (const byte of [0, 10, 32, 34, 44, 45, 46, 48, 92, 101, 123, 125, 200]) {
        const changed = Buffer.from(json);
        changed[i] = byte;
        compare(changed);
      }
    }
  });

  it('agrees on bytes that are no white space between tokens, at every place', () => {
    const json = Buffer.from(JSON.stringify(EXAMPLE));
    for (let i = 0; i <= json.length; i++) {
      for (const byte of [1, 9, 11, 12, 13, 32, 127, 160]) {
        compare(Buffer.concat([json.subarray(0, i), Buffer.from([byte]), json.subarray(i)]));
      }
    }
  });

  it('agrees on values of fields that nobody reads', () => {
    const values =
      '1. .5 -.5 -0 -0.0 -0. 1.5 1.5.5 01 -01 1e2 1E+2 + - -x 1x tru true truex nul null nil false fals " "a';
    const nested =
      '[] [1] [1,] [,] [1 2] [1,2 ] [[]] [ {} ] {} {,} {"a"} {"a":} {"a":1} {"a":1,} {"a":1,"a":2} {a:1} [} {] [';
    const deep = [15, 16, 17, 18, 40].map((depth) => '['.repeat(depth) + ']'.repeat(depth));
    const json = JSON.stringify(EXAMPLE);
    for (const value of [...values.split(' '), ...nested.split(' '), ...deep, '[1 2]', '[1, 2 ]', '{ "a" : 1 }']) {
      compare(Buffer.from(`{"x":${value},${json.slice(1)}`));
      compare(Buffer.from(`${json.slice(0, -1)},"x":${value}}`));
      compare(Buffer.from(json.replace('"account":{', `"account":{"x": ${value} ,`)));
    }
  });

  it('agrees on keys that come twice, also with another type or on another level', () => {
    for (const extra of [
      '"id":"2"',
      '"account":{"id":"q"}',
      '"account":null',
      '"rows":2',
      '"session":null',
      '"source":{}',
    ]) {
      const json = JSON.stringify(EXAMPLE);
      compare(Buffer.from(`{${extra},${json.slice(1)}`));
      compare(Buffer.from(`${json.slice(0, -1)},${extra}}`));
      compare(Buffer.from(json.replace('"account":{', `"account":{${extra},`)));
      compare(Buffer.from(json.replace('"beneficiary":{', `"beneficiary":{"nir":"1",${extra},`)));
    }
  });

  it('notes exactly the slices that a walk over JSON.parse finds', () => {
    const slices = new FieldSlices();
    const scanner = new AccessEventScanner(slices);
    const bytes = Buffer.from(` ${JSON.stringify(EXAMPLE, null, 2)} `);
    expect(scanner.scan(bytes, 0, bytes.length)).toBe(true);
    for (const [index, name] of FIELDS.entries()) {
      const value = name.split('.').reduce<unknown>((v, key) => (v as Record<string, unknown>)?.[key], EXAMPLE);
      const noted = NUMERIC_FIELDS.has(index)
        ? slices.numbers[index]
        : slices.starts[index] < 0
          ? undefined
          : bytes.toString('utf8', slices.starts[index], slices.ends[index]);
      expect(noted, name).toBe(value);
    }
  });
});
