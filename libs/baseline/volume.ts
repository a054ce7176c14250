/**
 * How many new people hours and days of a group bring, as a histogram of size classes: what an account of which nothing
 * is known may do without being remarkable among its peers. Quantiles, because one giant or one thief must not move them.
 */
export const VOLUME_CLASSES = 32;

/** Size class of a count: two a doubling. */
export const volumeClass = (count: number): number =>
  Math.min(VOLUME_CLASSES - 1, Math.floor(2 * Math.log2(count + 1)));

/** Smallest count of the next class: the upper end of a class. */
const upperEnd = (index: number): number => 2 ** ((index + 1) / 2) - 1;

/** A histogram with fewer entries says nothing yet. */
const MIN_ENTRIES = 200;
const QUANTILE = 0.995;

/** Count that one in two hundred hours (or days) of the group exceeds; 0 while too few were seen. */
export function usualMaximum(histogram: Float64Array, group: number): number {
  const base = group * VOLUME_CLASSES;
  let total = 0;
  for (let i = 0; i < VOLUME_CLASSES; i++) total += histogram[base + i]!;
  if (total < MIN_ENTRIES) return 0;
  let below = 0;
  for (let i = 0; i < VOLUME_CLASSES; i++) {
    below += histogram[base + i]!;
    if (below >= QUANTILE * total) return upperEnd(i);
  }
  return upperEnd(VOLUME_CLASSES - 1);
}
