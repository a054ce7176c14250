import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hash64, hashString } from '#libs/base/hash64.ts';
import { createDecoder, createPseudonymiser, DECODED, PUBLIC_REPLAY_KEY, rejectionReason } from '#libs/intake/index.ts';
import { AccessEvent, personToken } from '#libs/model/access-event.ts';
import { MAX_ACCOUNT_ID_CHARACTERS } from '#libs/model/account-id.ts';
import { CLASS_MANAGER, CLASS_PROFESSIONAL } from '#libs/model/codes.ts';
import { DEPARTMENTS, departmentIndex } from '#libs/model/departments.ts';
import { EXAMPLE } from './example.ts';

const decoder = createDecoder({ pseudonymiser: createPseudonymiser(PUBLIC_REPLAY_KEY) });

function decode(record: unknown): { event: AccessEvent; outcome: string } {
  const event = new AccessEvent();
  const bytes = Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
  const result = decoder.decode(bytes, 0, bytes.length, event, 1);
  if (result === DECODED) return { event, outcome: 'decoded' };
  return { event, outcome: `${rejectionReason(result)}${decoder.field && ` ${decoder.field}`}` };
}

const hmac = (text: string): string =>
  createHmac('sha256', PUBLIC_REPLAY_KEY.key).update(text).digest('hex').slice(0, 32);

/** The example with the value at a dotted path replaced, or removed by `undefined`. */
function but(path: string, value: unknown): unknown {
  const copy: Record<string, unknown> = structuredClone(EXAMPLE);
  const keys = path.split('.');
  let target = copy;
  for (const key of keys.slice(0, -1)) target = target[key] as Record<string, unknown>;
  target[keys.at(-1)!] = value;
  return copy;
}

describe('access event, version 1', () => {
  it('takes an insurer’s staff for managers and everybody else for professionals where the log names no class', () => {
    const unsaid = (profession: string) => {
      const record = structuredClone(EXAMPLE) as { account: Record<string, unknown> };
      delete record.account.class;
      record.account.profession = profession;
      return decode(record).event.accountClass;
    };
    expect(unsaid('payer')).toBe(CLASS_MANAGER);
    expect(unsaid('nurse')).toBe(CLASS_PROFESSIONAL);
  });
  it('reads every field of the documented example', () => {
    const { event, outcome } = decode(EXAMPLE);
    expect(outcome).toBe('decoded');
    expect(event).toMatchObject({
      timeMs: Date.UTC(2026, 2, 2, 8, 12, 33, 123),
      arrivalMs: 0,
      accountId: 'PS-000123',
      accountClass: 0,
      profession: 2,
      accountDepartment: departmentIndex('69'),
      accountCreatedDay: Date.UTC(2024, 0, 1) / 86_400_000,
      asn: 12345,
      country: (70 << 8) | 82,
      channel: 0,
      action: 2,
      outcome: 0,
      hasPerson: true,
      birthDepartment: departmentIndex('69'),
      nirPrefix: 1_800_569_123,
      nirOrder: 456,
      nirKey: 1,
      nirSex: 1,
      nirYear: 80,
      insurer: '00123456',
      coverageEndDay: Date.UTC(2023, 11, 31) / 86_400_000,
      rows: 1,
    });
    expect(personToken(event)).toBe(hmac('1800569123456'));
    for (const [text, lo, hi] of [
      [EXAMPLE.id, event.idLo, event.idHi],
      [EXAMPLE.account.id, event.accountLo, event.accountHi],
      [EXAMPLE.account.org, event.orgLo, event.orgHi],
      [EXAMPLE.session, event.sessionLo, event.sessionHi],
      [EXAMPLE.source.device, event.deviceLo, event.deviceHi],
      [EXAMPLE.source.userAgent, event.userAgentLo, event.userAgentHi],
    ] as const) {
      hashString(text);
      expect([lo, hi], text).toEqual([hash64.lo, hash64.hi]);
    }
    expect(decoder.userAgent()).toBe('Mozilla/5.0');
  });

  it('needs only id, time, account.id, action and outcome, and forgets the event before', () => {
    const into = new AccessEvent();
    const minimal = {
      id: 'a',
      time: '2026-03-02T08:12:33Z',
      account: { id: 'b' },
      action: 'login',
      outcome: 'success',
    };
    for (const record of [EXAMPLE, minimal]) {
      into.arrivalMs = 7;
      const bytes = Buffer.from(JSON.stringify(record));
      expect(decoder.decode(bytes, 0, bytes.length, into, 1)).toBe(DECODED);
    }
    const expected = new AccessEvent();
    Object.assign(expected, { timeMs: Date.UTC(2026, 2, 2, 8, 12, 33), accountId: 'b', action: 0, outcome: 4 });
    hashString('a');
    Object.assign(expected, { idLo: hash64.lo, idHi: hash64.hi });
    hashString('b');
    Object.assign(expected, { accountLo: hash64.lo, accountHi: hash64.hi });
    expect(into).toEqual(expected);
    expect(decoder.userAgent()).toBe('');
  });

  it.each([
    ['1', '01'],
    ['01', '01'],
    ['001', '01'],
    ['2a', '2A'],
    ['974', '974'],
    ['0', ''],
    ['Ain', ''],
  ])('takes %j for the department %j', (written, department) => {
    expect(DEPARTMENTS[decode(but('account.department', written)).event.accountDepartment]).toBe(department);
  });

  it('gives the same person for the same NIR with or without key and spaces, and another one to a token', () => {
    const spaced = decode(but('beneficiary.nir', '1 80 05 69 123 456')).event;
    expect(personToken(spaced)).toBe(hmac('1800569123456'));
    expect(spaced.nirKey).toBe(0);
    const token = decode(but('beneficiary', { token: '1800569123456' })).event;
    expect(personToken(token)).toBe(hmac('t:1800569123456'));
    expect([token.nirPrefix, token.nirOrder, token.birthDepartment, token.nirYear]).toEqual([-1, -1, 0, -1]);
    const malformed = decode(but('beneficiary.nir', '18005691234'));
    expect(malformed.outcome).toBe('decoded');
    expect(personToken(malformed.event)).toBe(hmac('n:18005691234'));
  });

  it('tells people under one NIR apart by birth date and rank', () => {
    const twin = decode(but('beneficiary.birthRank', 2)).event.identity;
    const child = decode(but('beneficiary.birthDate', '2010-01-01')).event.identity;
    const holder = decode(EXAMPLE).event.identity;
    // The date alone must not be found again in what is kept: under another NIR it is another number.
    const other = decode(but('beneficiary.nir', '280056912345692')).event.identity;
    expect(new Set([twin, child, holder, other, 0]).size).toBe(5);
    const nobody = decode(but('beneficiary', { nir: EXAMPLE.beneficiary.nir })).event;
    expect(nobody.identity).toBe(0);
    expect(nobody.hasPerson).toBe(true);
  });

  it.each([
    ['', 'not_json'],
    ['{"id":"x"', 'not_json'],
    ['\u0000', 'not_json'],
    ["{'id':1}", 'not_json'],
    ['null', 'not_object'],
    ['[]', 'not_object'],
    ['"text"', 'not_object'],
    ['{}', 'missing_field id'],
    [but('id', ''), 'wrong_value id'],
    [but('id', 'x'.repeat(129)), 'wrong_value id'],
    [but('id', 'x'.repeat(128)), 'decoded'],
    [but('id', 7), 'wrong_type id'],
    [but('time', undefined), 'missing_field time'],
    [but('time', 1_772_439_153), 'wrong_type time'],
    [but('time', '2026-02-30T00:00:00Z'), 'bad_time time'],
    [but('time', '2026-03-02T08:12:33'), 'bad_time time'],
    [but('account', 'PS-1'), 'wrong_type account'],
    [but('account', null), 'missing_field account'],
    [but('account', []), 'wrong_type account'],
    [but('account.id', null), 'missing_field account.id'],
    [but('account.id', ''), 'wrong_value account.id'],
    [but('account.id', '\u20ac'.repeat(MAX_ACCOUNT_ID_CHARACTERS)), 'decoded'],
    [but('account.id', 'x'.repeat(MAX_ACCOUNT_ID_CHARACTERS + 1)), 'wrong_value account.id'],
    ...['PS-\u0000', 'PS\n1', '\u007f', 'PS-\u0085'].map((id) => [but('account.id', id), 'wrong_value account.id']),
    ...['Ps 1', '\u00e9t\u00e9', '\u00a0', '\u4e2d'].map((id) => [but('account.id', id), 'decoded']),
    [but('account.class', 'robot'), 'wrong_value account.class'],
    [but('account.profession', 3), 'wrong_type account.profession'],
    [but('account.createdAt', 'yesterday'), 'wrong_value account.createdAt'],
    [but('source.asn', 4_294_967_296), 'wrong_value source.asn'],
    [but('source.asn', -1), 'wrong_value source.asn'],
    [but('source.asn', '12345'), 'wrong_type source.asn'],
    [but('source.ip', 'not an address'), 'decoded'],
    [but('channel', 'fax'), 'wrong_value channel'],
    [but('action', undefined), 'missing_field action'],
    [but('action', 'read'), 'wrong_value action'],
    [but('outcome', 'FOUND'), 'wrong_value outcome'],
    [but('beneficiary', null), 'decoded'],
    [but('beneficiary.nir', 180_056_912_345_692), 'wrong_type beneficiary.nir'],
    [but('beneficiary.birthRank', 1.5), 'wrong_value beneficiary.birthRank'],
    [but('beneficiary.birthDate', '1980-00-00'), 'decoded'],
    [but('beneficiary.coverageEnd', '2023-02-29'), 'wrong_value beneficiary.coverageEnd'],
    [but('beneficiary.coverageEnd', '9999-12-31'), 'decoded'],
    [but('rows', -1), 'wrong_value rows'],
    [but('rows', '1'), 'wrong_type rows'],
    [but('extra', { deep: [1, { x: null }] }), 'decoded'],
    [but('extra', 'x'.repeat(70_000)), 'too_large'],
  ])('takes or names what is wrong: %j', (record, expected) => {
    expect(decode(record).outcome).toBe(expected);
  });

  it('takes a record of exactly 64 KiB', () => {
    const record = JSON.stringify({ ...EXAMPLE, padding: '' });
    const filled = record.replace('"padding":""', `"padding":"${'x'.repeat(65_536 - record.length)}"`);
    expect(filled.length).toBe(65_536);
    expect(decode(filled).outcome).toBe('decoded');
    expect(decode(`${filled} `).outcome).toBe('too_large');
  });

  it('reads text beyond ASCII and escapes as the fast path reads plain text', () => {
    const plain = decode(but('account.id', 'Cabinet Émile')).event;
    const escaped = decode(JSON.stringify(but('account.id', '#')).replace('"#"', '"Cabinet \\u00c9mile"')).event;
    expect(plain.accountId).toBe('Cabinet Émile');
    expect(escaped.accountId).toBe(plain.accountId);
    expect([escaped.accountLo, escaped.accountHi]).toEqual([plain.accountLo, plain.accountHi]);
  });

  it('takes the example on the fast path', () => {
    const { fast, slow } = decoder.counters;
    expect(decode(EXAMPLE).outcome).toBe('decoded');
    expect(decoder.counters).toMatchObject({ fast: fast + 1, slow });
  });
});
