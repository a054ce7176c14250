import { describe, expect, test } from 'vitest';
import { Random } from '#libs/base/random.ts';
import { nirKey } from '#libs/intake/index.ts';
import { BIRTHPLACES, RESIDENCE, RESIDENCE_INDEX } from '#services/simulate/france.ts';
import { hasValidKey, mistype } from '#services/simulate/nir.ts';
import { People, PersonFile, TYPO_ORDER, TYPO_SEX, TYPO_SLIP, typo } from '#services/simulate/people.ts';
import { BirthRecord, Register } from '#services/simulate/register.ts';

const register = new Register(2026);
const people = new People(register, 2026);
describe('departments', () => {
  test('who is near somebody has somebody near', () => {
    for (const d of RESIDENCE) {
      for (const code of d.near)
        expect(RESIDENCE[RESIDENCE_INDEX.get(code)!]!.near, `${code} near ${d.code}`).toContain(d.code);
    }
  });

  test('all of them, and the population of the country', () => {
    expect(RESIDENCE).toHaveLength(101);
    const population = RESIDENCE.reduce((sum, d) => sum + d.population, 0);
    expect(population).toBeGreaterThan(67_000);
    expect(population).toBeLessThan(68_500);
  });
});

describe('the register', () => {
  test('every slot has a NIR of its own, and the births are read back to the same slot', () => {
    const random = new Random(3, 'slots');
    const seen = new Map<string, number>();
    for (let i = 0; i < 30_000; i++) {
      const home = register.drawHome(random);
      const slot = register.drawSlot(home, random.int(register.areaCount(home)), random);
      const nir = people.nirOf(slot * 4);
      expect(seen.get(nir) ?? slot).toBe(slot);
      seen.set(nir, slot);
      const b = register.read(slot, new BirthRecord());
      expect(b.order).toBeLessThanOrEqual(999);
      const month = (b.year - register.firstYear) * 12 + b.month - 1;
      const commune = Array.from({ length: register.communeCount(b.birthplace) }, (_, c) => c).find(
        (c) =>
          register.ordersIn(b.birthplace, c) >= b.order && register.slotAt(b.birthplace, c, month, b.order) === slot,
      );
      expect(commune).toBeDefined();
    }
    expect(seen.size).toBeGreaterThan(29_900);
  });

  test('no two communes, and no two birthplaces, have the same place number', () => {
    const places = new Set<string>();
    let communes = 0;
    for (let b = 0; b < BIRTHPLACES.length; b++) {
      for (let c = 0; c < register.communeCount(b); c++) {
        communes++;
        const { place } = register.read(register.slotAt(b, c, 700, 1), new BirthRecord());
        expect(place).toMatch(/^(\d\d|2[AB])\d{3}$/);
        places.add(place);
      }
    }
    expect(communes).toBeGreaterThan(1000);
    expect(places.size).toBe(communes);
  });

  test('one slot lives in one home: areas of different departments share nobody', () => {
    const random = new Random(4, 'homes');
    const homeOf = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      // Few areas, so that the same people are drawn again and again.
      const home = [RESIDENCE_INDEX.get('48')!, RESIDENCE_INDEX.get('90')!, RESIDENCE_INDEX.get('976')!][i % 3]!;
      const slot = register.drawSlot(home, 0, random);
      expect(homeOf.get(slot) ?? home).toBe(home);
      homeOf.set(slot, home);
    }
    expect(homeOf.size).toBeLessThan(55_000);
  });

  test('NIR of every kind of place carry a valid key, as intake computes it', () => {
    const random = new Random(5, 'keys');
    const kinds = new Set<string>();
    for (let i = 0; i < 60_000; i++) {
      const home =
        i % 3 === 0
          ? RESIDENCE_INDEX.get(['2A', '2B', '974'][i % 9 === 0 ? 0 : i % 9 === 3 ? 1 : 2]!)!
          : register.drawHome(random);
      const person = register.drawSlot(home, random.int(register.areaCount(home)), random) * 4;
      const nir = people.nirOf(person);
      expect(nir).toMatch(/^[1278]\d{2}(0[1-9]|1[0-2])(\d{2}|2[AB])\d{8}$/);
      expect(Number(nir.slice(13)), nir).toBe(nirKey(nir.slice(0, 13)));
      expect(hasValidKey(nir)).toBe(true);
      kinds.add(nir.slice(5, 7));
    }
    for (const kind of ['2A', '2B', '20', '97', '98', '99', '75']) expect(kinds, kind).toContain(kind);
  });

  test('what is mistyped is another NIR: a slip breaks the key, a wrong sex or order keeps it', () => {
    const random = new Random(6, 'slips');
    for (let i = 0; i < 5000; i++) {
      const person = register.drawSlot(register.drawHome(random), 0, random) * 4;
      const nir = people.nirOf(person);
      const slip = people.nirOf(person, typo(TYPO_SLIP, random.int(4096)));
      expect(slip).not.toBe(nir);
      expect(hasValidKey(slip)).toBe(false);
      const sex = people.nirOf(person, typo(TYPO_SEX, 0));
      expect(sex).not.toBe(nir);
      expect(hasValidKey(sex)).toBe(true);
      expect(hasValidKey(people.nirOf(person, typo(TYPO_ORDER, 3)))).toBe(true);
    }
    expect(mistype('180056912345678', 0)).toHaveLength(15);
  });

  test('a family shares contract and insurer; dependants have birth dates of their own', () => {
    const random = new Random(8, 'families');
    let families = 0;
    while (families < 200) {
      const slot = register.drawSlot(register.drawHome(random), 0, random);
      if (register.dependants(slot) === 0) continue;
      families++;
      const owner = people.read(slot * 4, new PersonFile());
      const child = people.read(slot * 4 + 1, new PersonFile());
      for (const shared of ['sex', 'place', 'order', 'key', 'insurer', 'contractNumber', 'coverageEnd'] as const) {
        expect(child[shared]).toBe(owner[shared]);
      }
      expect([child.year, child.month, child.day]).not.toEqual([owner.year, owner.month, owner.day]);
      expect(owner.year % 100).toBe(owner.nirYear);
      expect(Number(people.nirOf(slot * 4).slice(13))).toBe(owner.key);
    }
  });

  test('birthplaces come in the order of the departments', () => {
    expect(BIRTHPLACES.slice(0, RESIDENCE.length)).toEqual(RESIDENCE.map((d) => d.code));
  });
});
