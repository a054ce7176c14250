import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { sealSnapshot } from '#libs/base/snapshot.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restoring, snapshot } from '#libs/pipeline/index.ts';
import { finiteOnly } from './journal-entry.ts';

/** Raise when the layout changes: an older checkpoint is then passed over and the log folded again. */
const VERSION = 1;
const HEAD_BYTES = 12;

/** What a checkpoint says beside the state. */
export interface CheckpointHead {
  readonly topic: string;
  readonly partition: number;
  /** The state holds the records before this offset and the journal's entries up to `journalSeq`. */
  readonly offset: number;
  readonly journalSeq: number;
  /** Offset after the last control taken. */
  readonly controlsNext: number;
  readonly policy: DetectionPolicy;
  /** Id of the key the people in the state are pseudonymised with: another key would make everybody new. */
  readonly keyId: string;
  readonly takenMs: number;
}

/**
 *     checkpoint = version u32, head length u32, crc u32, head (JSON), snapshot
 *
 * The CRC-32 is of the head; the snapshot brings its own. Little-endian.
 *
 * Copies the state as it is now, which is all that the fold has to wait for: a checkpoint of a hundred megabytes is summed up
 * and written while it goes on. To be sealed ({@link CopiedCheckpoint.seal}) before it is put anywhere.
 */
export function copyCheckpoint(head: CheckpointHead, state: PipelineState, memory: CheckpointMemory): CopiedCheckpoint {
  const json = Buffer.from(JSON.stringify(head, finiteOnly), 'utf8');
  const room = HEAD_BYTES + json.length;
  const bytes = snapshot(state, { room, unsealed: true, allocate: (size) => memory.take(size) });
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  start.writeUInt32LE(VERSION, 0);
  start.writeUInt32LE(json.length, 4);
  start.writeUInt32LE(crc32(json), 8);
  bytes.set(json, HEAD_BYTES);
  return {
    bytes,
    seal: () => inTurns(sealSnapshot(bytes, room)),
  };
}

export interface CopiedCheckpoint {
  readonly bytes: Uint8Array;
  seal(): Promise<void>;
}

/**
 * Memory for copies of states, kept from one checkpoint to the next: the first touch of new memory takes several times as long
 * as the copy. One copy is kept, the largest; whoever comes while it is in use gets memory of its own.
 */
export class CheckpointMemory {
  #kept = new Uint8Array(0);
  #inUse: Uint8Array | undefined;

  take(bytes: number): Uint8Array {
    if (this.#inUse !== undefined) return new Uint8Array(bytes);
    // Some more, so that a state that grows does not need new memory each time.
    if (this.#kept.byteLength < bytes) this.#kept = new Uint8Array(Math.ceil(bytes * 1.25));
    this.#inUse = this.#kept.subarray(0, bytes);
    return this.#inUse;
  }

  /** To be called when the bytes are needed no more. */
  giveBack(bytes: Uint8Array): void {
    if (bytes === this.#inUse) this.#inUse = undefined;
  }
}

/**
 * The state of a checkpoint, or undefined where it is damaged or of another version. Done in steps: a large one would keep
 * the group from hearing of this instance, and its other partitions from their work.
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
): Promise<{ head: CheckpointHead; state: PipelineState } | undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEAD_BYTES || buffer.readUInt32LE(0) !== VERSION) return undefined;
  const json = buffer.subarray(HEAD_BYTES, HEAD_BYTES + buffer.readUInt32LE(4));
  if (crc32(json) !== buffer.readUInt32LE(8)) return undefined;
  try {
    const head = JSON.parse(json.toString('utf8')) as CheckpointHead;
    return { head, state: await inTurns(restoring(buffer.subarray(HEAD_BYTES + json.length), head)) };
  } catch {
    // The snapshot says itself why it is not to be trusted; an older one is then asked.
    return undefined;
  }
}

/** Does the steps one after the other, and whatever else is waiting in between. */
async function inTurns<T>(steps: Iterator<undefined, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}
