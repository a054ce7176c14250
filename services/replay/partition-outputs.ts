import type { Output } from '#libs/model/input.ts';

type Kept = Extract<Output, { readonly kind: 'alert' | 'signal' }>;

/**
 * What the partitions of a log said, one after the other, put in one order at the end: that of each partition's clock, so
 * that the order in which partitions are read does not matter.
 */
export class PartitionOutputs {
  #partition = -1;
  readonly #kept: { readonly clockMs: number; readonly partition: number; readonly output: Kept }[] = [];
  /** Earliest event, and the newest of any partition's clocks, ms; 0 without events. */
  firstMs = Number.POSITIVE_INFINITY;
  newestMs = 0;

  /** The next partition begins. @param clockMs where the clock of the one before stands */
  begin(clockMs: number): void {
    this.#partition++;
    if (Number.isFinite(clockMs)) this.newestMs = Math.max(this.newestMs, clockMs);
  }

  seeEvent(timeMs: number): void {
    if (timeMs < this.firstMs) this.firstMs = timeMs;
  }

  /** @param clockMs the partition's clock, which never falls */
  take(output: Output, clockMs: number): void {
    if (output.kind !== 'alert' && output.kind !== 'signal') return;
    this.#kept.push({ clockMs, partition: this.#partition, output });
  }

  inOrder(): Kept[] {
    return this.#kept.sort((a, b) => a.clockMs - b.clockMs || a.partition - b.partition).map(({ output }) => output);
  }
}
