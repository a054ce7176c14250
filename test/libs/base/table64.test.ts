import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DamagedSnapshot, SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import { Table64 } from '#libs/base/table64.ts';

const key = fc.tuple(fc.integer(), fc.integer());

describe('Table64', () => {
  it('is exact: holds what a Map holds, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.integer()), { maxLength: 3000 }), (entries) => {
        const table = new Table64(2);
        const map = new Map<string, number>();
        for (const [[lo, hi], value] of entries) {
          const isNew = table.insert(lo, hi);
          const name = lo === 0 && hi === 0 ? '0:1' : `${lo}:${hi}`;
          expect(isNew).toBe(!map.has(name));
          table.slots[table.at] = value;
          map.set(name, value);
        }
        expect(table.size).toBe(map.size);
        for (const [[lo, hi]] of entries) {
          expect(table.find(lo, hi)).toBe(true);
          expect(table.slots[table.at]).toBe(map.get(lo === 0 && hi === 0 ? '0:1' : `${lo}:${hi}`));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps clustered keys apart while it grows', () => {
    const table = new Table64(1);
    for (let i = 1; i <= 20_000; i++) table.insert(i, 64);
    expect(table.size).toBe(20_000);
    for (let i = 1; i <= 20_000; i++) expect(table.find(i, 64)).toBe(true);
    expect(table.find(20_001, 64)).toBe(false);
  });

  it('drops at growth only what `keep` refuses', () => {
    const table = new Table64(1);
    for (let i = 1; i <= 5000; i++) {
      table.insert(Math.imul(i, 0x9e3779b1), i, (slots, at) => slots[at] === 1);
      table.slots[table.at] = i % 2;
    }
    for (let i = 1; i <= 5000; i += 2) expect(table.find(Math.imul(i, 0x9e3779b1), i)).toBe(true);
    expect(table.size).toBeLessThan(5000);
  });

  it('refuses to pass its declared limit', () => {
    const table = new Table64(0, 3);
    for (let i = 1; i <= 3; i++) table.insert(i, i);
    expect(() => table.insert(4, 4)).toThrow(/declared limit of 3/);
  });

  it('comes back from a snapshot, and a damaged one is refused', () => {
    const table = new Table64(1);
    for (let i = 1; i <= 1000; i++) {
      table.insert(Math.imul(i, 0x9e3779b1), i);
      table.slots[table.at] = i;
    }
    const writer = new SnapshotWriter();
    table.save(writer);
    const bytes = writer.finish();
    const restored = new Table64(1);
    restored.load(new SnapshotReader(bytes));
    expect(restored.size).toBe(1000);
    expect(restored.find(Math.imul(77, 0x9e3779b1), 77)).toBe(true);
    expect(restored.slots[restored.at]).toBe(77);
    bytes[100] = bytes[100]! ^ 1;
    expect(() => new SnapshotReader(bytes)).toThrow(DamagedSnapshot);
    expect(() => new SnapshotReader(bytes.subarray(0, 50))).toThrow(DamagedSnapshot);
  });
});
