/**
 * Hours in which an insurer does not answer: everybody's look-ups of its people fail, with an error or as if nobody were
 * there, and are tried again. A miss is then no guess, and many accounts miss at once without being one attack.
 */
import { Random } from '#libs/base/random.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import { insurerChoice } from './people.ts';

/** On average so many outages a day. */
const OUTAGES_A_DAY = 1 / 15;

export interface Outage {
  /** Index in INSURERS. */
  readonly insurer: number;
  readonly startMs: number;
  readonly endMs: number;
}

export function drawOutages(seed: number, startDay: number, endDay: number): Outage[] {
  const random = new Random(seed, 'outages');
  const outages: Outage[] = [];
  for (let day = startDay; day < endDay; day++) {
    if (!random.chance(OUTAGES_A_DAY)) continue;
    const startMs = day * DAY_MS + random.between(6, 15) * HOUR_MS;
    outages.push({ insurer: insurerChoice.draw(random), startMs, endMs: startMs + random.between(0.5, 5) * HOUR_MS });
  }
  return outages;
}

export function isOut(outages: readonly Outage[], insurer: number, timeMs: number): boolean {
  for (const o of outages) if (o.insurer === insurer && timeMs >= o.startMs && timeMs < o.endMs) return true;
  return false;
}
