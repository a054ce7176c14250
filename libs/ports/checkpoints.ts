/**
 * Where the state of a partition is put down now and then, so that whichever instance gets the partition next need not fold
 * its whole log again. A checkpoint may be lost or damaged: then an older one, or the log, serves. So the store need not be
 * transactional, only honest: what it gives back is what was put, or nothing.
 */
export interface CheckpointStore {
  /** Keeps the bytes as the partition's checkpoint at `offset`, durably, and then drops all but the newest `keep`. */
  put(partition: number, offset: number, bytes: Uint8Array, keep: number): Promise<void>;
  /** Offsets of the partition's checkpoints, newest first. */
  list(partition: number): Promise<readonly number[]>;
  /** The bytes as they were put; undefined where they are gone or cannot be trusted. */
  get(partition: number, offset: number): Promise<Uint8Array | undefined>;
}
