import { crc32 } from 'node:zlib';
import { assert, InvariantError } from './assert.ts';

type TypedArray = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float32Array | Float64Array;
type Constructor<T extends TypedArray> = { new (length: number): T; readonly BYTES_PER_ELEMENT: number };

/**
 * Writes plain state (numbers, typed arrays, small JSON) one after the other into one buffer, with a CRC-32 at its end.
 * Numbers are stored as they lie in memory (little-endian on every machine Node runs on), so a restore is bit for bit.
 */
export class SnapshotWriter {
  readonly #parts: Uint8Array[] = [];

  number(value: number): void {
    this.#parts.push(new Uint8Array(Float64Array.of(value).buffer));
  }

  array(value: TypedArray): void {
    this.number(value.byteLength);
    // A copy: the state goes on changing after the snapshot.
    this.#parts.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice());
  }

  /** For small things only: open incidents, counters, interned names. */
  json(value: unknown): void {
    this.array(new TextEncoder().encode(JSON.stringify(value)));
  }

  finish(): Uint8Array {
    const total = this.#parts.reduce((sum, part) => sum + part.byteLength, 0);
    const out = new Uint8Array(total + 4);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.byteLength;
    }
    new DataView(out.buffer).setUint32(total, crc32(out.subarray(0, total)), true);
    return out;
  }
}

/** Reads what {@link SnapshotWriter} wrote, in the same order. Throws {@link DamagedSnapshot} on a wrong checksum. */
export class SnapshotReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.byteLength < 4) throw new DamagedSnapshot('it is shorter than its checksum');
    const end = bytes.byteLength - 4;
    const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true);
    if (stored !== crc32(bytes.subarray(0, end))) throw new DamagedSnapshot('its checksum does not match');
    // A plain view: a Buffer's own `slice` shares memory, and what is read has to be a copy of its own.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, end);
  }

  number(): number {
    return new Float64Array(this.#take(8).buffer)[0]!;
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

  #take(bytes: number): Uint8Array {
    if (this.#at + bytes > this.#bytes.byteLength) throw new DamagedSnapshot('it ends too early');
    const part = this.#bytes.slice(this.#at, this.#at + bytes);
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
