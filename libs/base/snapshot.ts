import { crc32 } from 'node:zlib';
import { assert, InvariantError } from './assert.ts';

type TypedArray = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float32Array | Float64Array;
type Constructor<T extends TypedArray> = { new (length: number): T; readonly BYTES_PER_ELEMENT: number };

/** How the bytes of a snapshot are made, where it must not take long. */
export interface SnapshotOptions {
  /** Bytes left free in front of the snapshot. */
  readonly room?: number;
  /** Gives memory for so many bytes: memory that was used before costs a fraction of new memory. */
  readonly allocate?: (bytes: number) => Uint8Array;
  /** The checksum is left out: {@link sealSnapshot} puts it there before anybody reads the bytes. */
  readonly unsealed?: boolean;
}

const CRC_BYTES = 4;

/**
 * Writes plain state (numbers, typed arrays, small JSON) one after the other into one buffer, with a CRC-32 at its end.
 * Numbers are stored as they lie in memory (little-endian on every machine Node runs on), so a restore is bit for bit.
 * Arrays are copied at {@link SnapshotWriter.finish}: until then the state must not go on.
 */
export class SnapshotWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #options: SnapshotOptions;

  constructor(options: SnapshotOptions = {}) {
    this.#options = options;
  }

  number(value: number): void {
    this.#parts.push(new Uint8Array(Float64Array.of(value).buffer));
  }

  array(value: TypedArray): void {
    this.number(value.byteLength);
    this.#parts.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }

  /** For small things only: open incidents, counters, interned names. */
  json(value: unknown): void {
    this.array(new TextEncoder().encode(JSON.stringify(value)));
  }

  /** Everything written, as it is at this moment. */
  finish(): Uint8Array {
    const { room = 0, allocate = (bytes) => new Uint8Array(bytes), unsealed = false } = this.#options;
    const total = this.#parts.reduce((sum, part) => sum + part.byteLength, room);
    const out = allocate(total + CRC_BYTES);
    let at = room;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.byteLength;
    }
    if (!unsealed) writeCrc(out, crc32(out.subarray(room, total)));
    return out;
  }
}

/** So many bytes are summed up at a stretch, some milliseconds' worth. */
const SEAL_STRETCH_BYTES = 8 * 1024 * 1024;

/** Puts the checksum behind a snapshot that begins after `room` bytes; between two stretches the caller may do other work. */
export function* sealSnapshot(bytes: Uint8Array, room: number): Generator<undefined, void> {
  const end = bytes.byteLength - CRC_BYTES;
  let crc = 0;
  for (let at = room; at < end; at += SEAL_STRETCH_BYTES) {
    if (at > room) yield;
    crc = crc32(bytes.subarray(at, Math.min(end, at + SEAL_STRETCH_BYTES)), crc);
  }
  writeCrc(bytes, crc);
}

const writeCrc = (bytes: Uint8Array, crc: number): void =>
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(bytes.byteLength - CRC_BYTES, crc, true);

/** Looks at the checksum of a snapshot, a stretch at a time. Throws {@link DamagedSnapshot} where it is not that of the bytes. */
export function* verifySnapshot(bytes: Uint8Array): Generator<undefined, void> {
  if (bytes.byteLength < CRC_BYTES) throw new DamagedSnapshot('it is shorter than its checksum');
  const end = bytes.byteLength - CRC_BYTES;
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true);
  let crc = 0;
  for (let at = 0; at < end; at += SEAL_STRETCH_BYTES) {
    if (at > 0) yield;
    crc = crc32(bytes.subarray(at, Math.min(end, at + SEAL_STRETCH_BYTES)), crc);
  }
  if (stored !== crc) throw new DamagedSnapshot('its checksum does not match');
}

/** Reads what {@link SnapshotWriter} wrote, in the same order. Throws {@link DamagedSnapshot} on a wrong checksum. */
export class SnapshotReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @param isVerified the checksum was looked at before ({@link verifySnapshot}) */
  constructor(bytes: Uint8Array, isVerified = false) {
    if (!isVerified) for (const _ of verifySnapshot(bytes));
    // A plain view: a Buffer's own `slice` shares memory.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength - CRC_BYTES);
  }

  number(): number {
    return new Float64Array(this.#take(8).slice().buffer)[0]!;
  }

  array<T extends TypedArray>(type: Constructor<T>): T {
    const bytes = this.number();
    assert(Number.isInteger(bytes / type.BYTES_PER_ELEMENT), 'snapshot array has a broken length');
    const out = new type(bytes / type.BYTES_PER_ELEMENT);
    new Uint8Array(out.buffer).set(this.#take(bytes));
    return out;
  }

  json(): unknown {
    return JSON.parse(new TextDecoder().decode(this.array(Uint8Array)));
  }

  /** A view, to be copied from. */
  #take(bytes: number): Uint8Array {
    if (this.#at + bytes > this.#bytes.byteLength) throw new DamagedSnapshot('it ends too early');
    const part = this.#bytes.subarray(this.#at, this.#at + bytes);
    this.#at += bytes;
    return part;
  }
}

/** The bytes are not a whole snapshot: fall back to the one before. */
export class DamagedSnapshot extends InvariantError {
  constructor(why: string) {
    super(`damaged snapshot: ${why}`);
  }
}
