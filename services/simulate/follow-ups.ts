/** When the billing follows a look-up, by the profession's delays. */
import type { Random } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import type { FollowUpDelays } from './professions.ts';
import { drawTimeOfDay, openness } from './volume.ts';

const MINUTE_MS = 60_000;
const SHORTEST_MS = 90_000;

/** While the person stands at the desk: 90 s at least, some seven minutes in the middle. */
export const minutesLater = (timeMs: number, random: Random): number =>
  timeMs + Math.max(SHORTEST_MS, random.logNormal(Math.log(7 * MINUTE_MS), 0.8));

/** The account's first open day after `day`, at most nine days on. */
function nextOpenDay(account: SimAccount, day: number): number {
  for (let d = day + 1; d < day + 9; d++) if (openness(account, d) > 0) return d;
  return day + 9;
}

/**
 * Time of the follow-up of a look-up at `timeMs` (UTC) on local day `day`, whose local midnight is `midnightMs`.
 * Programs send the next day's claims in one batch by night.
 */
export function drawFollowUpTime(
  account: SimAccount,
  delays: FollowUpDelays,
  timeMs: number,
  day: number,
  midnightMs: number,
  random: Random,
): number {
  const kind = random.share(delays);
  if (kind === 0) return minutesLater(timeMs, random);
  if (kind === 1) {
    const evening = midnightMs + (18.5 + 3.2 * random.uniform() ** 1.4) * HOUR_MS;
    return evening > timeMs + SHORTEST_MS ? evening : minutesLater(timeMs, random);
  }
  if (kind === 2) {
    if (account.billsByApi && random.chance(0.5)) return midnightMs + DAY_MS + (1.5 + random.uniform()) * HOUR_MS;
    return midnightMs + (nextOpenDay(account, day) - day) * DAY_MS + drawTimeOfDay(account, random);
  }
  const target = day + 1 + random.int(8);
  return midnightMs + (nextOpenDay(account, target - 1) - day) * DAY_MS + drawTimeOfDay(account, random);
}
