import { expect, test } from 'vitest';
import { DamagedSnapshot, SnapshotReader, SnapshotWriter, sealSnapshot } from '#libs/base/snapshot.ts';

const MEGABYTE = 1024 * 1024;

function write(writer: SnapshotWriter, numbers: Uint32Array): Uint8Array {
  writer.number(1.5);
  writer.json({ name: 'é' });
  writer.array(numbers);
  return writer.finish();
}

const bytesOf = (words: Uint32Array) => new Uint8Array(words.buffer);

test('into memory that was used before, with room in front, sealed afterwards: the same bytes', () => {
  // More than is summed up at a stretch.
  const numbers = Uint32Array.from({ length: 3 * MEGABYTE }, (_, i) => i * 2_654_435_761);
  const plain = write(new SnapshotWriter(), numbers);
  const used = new Uint8Array(16 * MEGABYTE).fill(0xa5);
  const options = { room: 100, unsealed: true, allocate: (bytes: number) => used.subarray(0, bytes) };
  const staged = write(new SnapshotWriter(options), numbers);
  expect(staged.buffer).toBe(used.buffer);
  expect(() => new SnapshotReader(staged.subarray(100))).toThrow(DamagedSnapshot);
  for (const _ of sealSnapshot(staged, 100));
  expect(Buffer.compare(staged.subarray(100), plain)).toBe(0);
  // What is read is a copy: the memory may be used again.
  const reader = new SnapshotReader(staged.subarray(100));
  expect([reader.number(), reader.json()]).toEqual([1.5, { name: 'é' }]);
  const read = reader.array(Uint32Array);
  used.fill(0);
  expect(Buffer.compare(bytesOf(read), bytesOf(numbers))).toBe(0);
});
