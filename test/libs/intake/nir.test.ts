import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NirShape, nirKey, readNir } from '#libs/intake/nir.ts';
import { NIR_KEY_INVALID, NIR_KEY_UNKNOWN, NIR_KEY_VALID } from '#libs/model/codes.ts';
import { DEPARTMENT_ABROAD, DEPARTMENTS, departmentIndex } from '#libs/model/departments.ts';

function read(text: string): NirShape | undefined {
  const bytes = Buffer.from(`9${text}9`);
  const nir = new NirShape();
  return readNir(bytes, 1, bytes.length - 1, nir) ? nir : undefined;
}

describe('NIR', () => {
  it('takes the published specimen apart: a woman born in August 1955 in Calvados, commune 168, 25th birth', () => {
    expect(read('2 55 08 14 168 025 38')).toMatchObject({
      sex: 2,
      year: 55,
      month: 8,
      department: departmentIndex('14'),
      prefix: 2_550_814_168,
      order: 25,
      key: NIR_KEY_VALID,
    });
  });

  it('knows a wrong key from a missing one', () => {
    expect(read('255081416802539')?.key).toBe(NIR_KEY_INVALID);
    expect(read('2550814168025')?.key).toBe(NIR_KEY_UNKNOWN);
  });

  it.each([
    ['2A', 19, '2A'],
    ['2B', 18, '2B'],
  ])('counts Corsica %s as %i in the key and folds its prefix to department 20', (letter, counted, code) => {
    const thirteen = `18001${letter}004123`;
    const key = 97 - Number(BigInt(`18001${counted}004123`) % 97n);
    expect(nirKey(thirteen)).toBe(key);
    for (const spelling of [thirteen, thirteen.toLowerCase()]) {
      const nir = read(spelling + String(key).padStart(2, '0'));
      expect(nir).toMatchObject({ key: NIR_KEY_VALID, prefix: 1_800_120_004, department: departmentIndex(code) });
      expect(Buffer.from(nir!.characters.subarray(0, 13)).toString()).toBe(thirteen);
    }
    // The key of the digits that stand in for the letter's department must not be confused with Corrèze or Cher.
    expect(read(`1800119004123`)?.prefix).not.toBe(read(thirteen)?.prefix);
  });

  it.each([
    ['1800197415123', '974'],
    ['1800198712123', '987'],
    ['1800199352123', '99'],
    ['1800120004123', '2A'],
    ['1500196001123', '99'],
    ['1800100001123', ''],
    ['1800197901123', ''],
  ])('%s was born in department %s', (nir, code) => {
    expect(DEPARTMENTS[read(nir)!.department]).toBe(code);
  });

  it('knows births abroad as the last department', () => {
    expect(read('1800199352123')?.department).toBe(DEPARTMENT_ABROAD);
  });

  it.each([
    ['3', 3],
    ['4', 4],
    ['7', 7],
    ['8', 8],
    ['5', 0],
    ['0', 0],
  ])('reads a number that begins with %s as sex %i', (first, sex) => {
    expect(read(`${first}800169123456`)?.sex).toBe(sex);
  });

  it.each([
    '',
    '12345678',
    '12345678901234',
    '1234567890123456',
    '180A569123456',
    '180052C123456',
    '180053A123456',
    '18005691234é6',
  ])('refuses %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('agrees with arithmetic on big integers for any number, and any single wrong digit is seen by the key', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[1-8]\d{12}$/),
        fc.nat(12),
        fc.integer({ min: 1, max: 9 }),
        (thirteen, at, by) => {
          const key = String(97 - Number(BigInt(thirteen) % 97n)).padStart(2, '0');
          const nir = read(thirteen + key)!;
          expect(nir.key).toBe(NIR_KEY_VALID);
          expect(nir.prefix).toBe(Number(thirteen.slice(0, 10)));
          expect(nir.order).toBe(Number(thirteen.slice(10)));
          const wrong = thirteen.slice(0, at) + ((Number(thirteen[at]) + by) % 10) + thirteen.slice(at + 1);
          expect(read(wrong + key)?.key).toBe(NIR_KEY_INVALID);
        },
      ),
    );
  });
});
