import type { CheckpointStore } from '#libs/ports/checkpoints.ts';

/** Checkpoints that end with the process: for tests and the simulator. */
export class MemoryCheckpoints implements CheckpointStore {
  readonly #byPartition = new Map<number, Map<number, Uint8Array>>();

  async put(partition: number, offset: number, bytes: Uint8Array, keep: number): Promise<void> {
    const kept = this.#byPartition.get(partition) ?? new Map<number, Uint8Array>();
    // Not `slice`: a Buffer gives a view of itself.
    kept.set(offset, new Uint8Array(bytes));
    const newest = [...kept.keys()].sort((a, b) => b - a).slice(0, keep);
    this.#byPartition.set(partition, new Map(newest.map((at) => [at, kept.get(at)!])));
  }

  async list(partition: number): Promise<readonly number[]> {
    return [...(this.#byPartition.get(partition)?.keys() ?? [])].sort((a, b) => b - a);
  }

  async get(partition: number, offset: number): Promise<Uint8Array | undefined> {
    return this.#byPartition.get(partition)?.get(offset);
  }
}
