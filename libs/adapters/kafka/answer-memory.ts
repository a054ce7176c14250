/**
 * Memory of large answers, used again once their records were handled. V8 looks through its whole heap each time some 64 MiB of
 * arrays were made, and at tens of megabytes of records a second that costs more than it frees.
 *
 * An answer's memory comes back only where every batch in it was given back; where one is not (a rebalance has dropped it, or its
 * reader keeps what it reads) it is left to the collector, as if it had never been lent.
 */

/** Smaller answers get memory of their own. */
const SMALLEST_BYTES = 256 * 1024;
/** So that answers of about one size fit into each other's memory. */
const GRAIN_BYTES = 1024 * 1024;
const MOST_FREE = 2;

const free: ArrayBuffer[] = [];
/** Batches that still have records in the memory. */
const users = new WeakMap<ArrayBufferLike, number>();

/** Memory for so many bytes, holding anything. */
export function takeMemory(bytes: number): Buffer {
  if (bytes < SMALLEST_BYTES) return Buffer.allocUnsafeSlow(bytes);
  const at = free.findIndex((memory) => memory.byteLength >= bytes);
  const memory = at >= 0 ? free.splice(at, 1)[0]! : new ArrayBuffer(Math.ceil(bytes / GRAIN_BYTES) * GRAIN_BYTES);
  return Buffer.from(memory, 0, bytes);
}

/** Says how many batches have their records in the memory of an answer: it comes back when so many were given back. */
export function lendMemory({ buffer }: Buffer, batches: number): void {
  if (buffer.byteLength < SMALLEST_BYTES || !(buffer instanceof ArrayBuffer)) return;
  if (batches > 0) users.set(buffer, batches);
  else keep(buffer);
}

/** To be called once for a batch whose records nobody reads any more. */
export function giveBackMemory({ buffer }: Buffer): void {
  const left = users.get(buffer);
  if (left === undefined) return;
  if (left > 1) {
    users.set(buffer, left - 1);
    return;
  }
  users.delete(buffer);
  if (buffer instanceof ArrayBuffer) keep(buffer);
}

function keep(memory: ArrayBuffer): void {
  free.push(memory);
  if (free.length <= MOST_FREE) return;
  // The smallest goes: a larger one serves for all.
  free.sort((a, b) => a.byteLength - b.byteLength).shift();
}
