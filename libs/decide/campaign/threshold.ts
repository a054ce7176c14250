import type { Family, KeyRate, WindowCount } from './family.ts';
import { windowCount } from './family.ts';
import { FALSE_A_MONTH, MIN_UNITS, WINDOWS_DAYS } from './limits.ts';

/** A count over one of the windows. */
export interface Finding extends WindowCount {
  readonly days: number;
}

/**
 * Surprise from which a count stands out, nats: the false campaigns allowed a day, shared out (Bonferroni) over all
 * families, windows, and the keys of the family that are remembered.
 * @param share of the families' budget that is this one's
 */
export function threshold(family: Family, share: number): number {
  const aDay = (FALSE_A_MONTH / 30) * share;
  return Math.round(-Math.log(aDay / (WINDOWS_DAYS.length * Math.max(1, family.keys.size))) * 1000) / 1000;
}

/**
 * The key's most surprising window, if it stands out.
 * @param share of the families' budget that is this one's
 * @param atLeast accounts expected at least in the window from one day to another, both included
 */
export function findExcess(
  family: Family,
  rate: KeyRate,
  day: number,
  share: number,
  atLeast: (first: number, last: number) => number = () => 0,
): Finding | undefined {
  let best: Finding | undefined;
  for (const days of WINDOWS_DAYS) {
    const count = windowCount(family, rate, day, days, atLeast(day - days + 1, day));
    if (count.observed >= MIN_UNITS && (best === undefined || count.nats > best.nats)) best = { ...count, days };
  }
  return best !== undefined && best.nats >= threshold(family, share) ? best : undefined;
}
