import { crc32 } from 'node:zlib';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore, snapshot } from '#libs/pipeline/index.ts';
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
 */
export function encodeCheckpoint(head: CheckpointHead, state: PipelineState): Uint8Array {
  const json = Buffer.from(JSON.stringify(head, finiteOnly), 'utf8');
  const start = Buffer.alloc(HEAD_BYTES);
  start.writeUInt32LE(VERSION, 0);
  start.writeUInt32LE(json.length, 4);
  start.writeUInt32LE(crc32(json), 8);
  return Buffer.concat([start, json, snapshot(state)]);
}

/** The state of a checkpoint, or undefined where it is damaged or of another version. */
export function decodeCheckpoint(bytes: Uint8Array): { head: CheckpointHead; state: PipelineState } | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEAD_BYTES || buffer.readUInt32LE(0) !== VERSION) return undefined;
  const json = buffer.subarray(HEAD_BYTES, HEAD_BYTES + buffer.readUInt32LE(4));
  if (crc32(json) !== buffer.readUInt32LE(8)) return undefined;
  try {
    const head = JSON.parse(json.toString('utf8')) as CheckpointHead;
    return { head, state: restore(buffer.subarray(HEAD_BYTES + json.length), { policy: head.policy }) };
  } catch {
    // The snapshot says itself why it is not to be trusted; an older one is then asked.
    return undefined;
  }
}
