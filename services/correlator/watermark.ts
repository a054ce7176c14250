import { QUARTER_MS } from '#libs/decide/campaign/index.ts';

/** How far event time has come in each partition, as plain data. */
export interface PartitionClocks {
  /** ms; 0 where nothing has come. */
  readonly clocksMs: number[];
  /** The partition's log is read to its end and nothing new comes. */
  readonly resting: boolean[];
  /** Earliest first clock of any partition, ms; 0 before the first. */
  firstMs: number;
}

export const createClocks = (partitions: number): PartitionClocks => ({
  clocksMs: Array.from({ length: partitions }, () => 0),
  resting: Array.from({ length: partitions }, () => false),
  firstMs: 0,
});

export function advanceClock(clocks: PartitionClocks, partition: number, timeMs: number): void {
  const { clocksMs, resting } = clocks;
  if (clocksMs[partition] === 0 && (clocks.firstMs === 0 || timeMs < clocks.firstMs)) clocks.firstMs = timeMs;
  clocksMs[partition] = Math.max(clocksMs[partition]!, timeMs);
  resting[partition] = false;
}

/**
 * Event time before which every signal is here: the slowest partition's clock. A partition that rests holds nobody up for
 * longer than a quarter of an hour: what wakes it comes now, and now is where the others are. 0 while nothing can be closed.
 */
export function watermark({ clocksMs, resting }: PartitionClocks): number {
  const newest = Math.max(...clocksMs);
  const at = clocksMs.map((clock, p) => (resting[p] ? Math.max(clock, newest - QUARTER_MS) : clock));
  return Math.max(0, Math.min(...at));
}
