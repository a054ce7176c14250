import type { AttackSpec } from '#services/simulate/attack-spec.ts';
import { HOUR_MS } from '#services/simulate/calendar.ts';
import type { Delivery } from '#services/simulate/simulation.ts';
import type { Stage } from './stage.ts';
import { runTraffic } from './traffic.ts';

/** Time is slowed down from a request of the thief's on, for this many of their usual gaps. */
const GAPS_WATCHED = 3;
/** Once the account is throttled most requests are refused: the wait for the next one that isn't goes faster. */
const THROTTLED_FACTOR = 4;
/** Requests of the thief's that are watched slowly; each time as many more have come, time goes twice as fast. */
const REQUESTS_WATCHED = 200;
/** Refused requests after the stop that are still watched slowly. */
const REFUSALS_WATCHED = 2;

/**
 * The story: a week of traffic at a day in two seconds, slowed down while the thief is at work. It ends with the week, or,
 * where the account was not stopped by then, with the theft.
 */
export async function runStoryWeek(stage: Stage, attack: AttackSpec): Promise<void> {
  const { config, chronicle, storyMs, storyEndMs, attackEndMs } = stage;
  const gapMs = HOUR_MS / attack.rate;
  const slow = Math.min(config.storySpeed, Math.max(1, (config.thiefRequestsPerSecond * gapMs) / 1000));
  let slowUntilMs = 0;
  let watched = 0;
  let refusalsWatched = 0;
  const speedFor = (next: Delivery): number => {
    if (next.attackId !== undefined && refusalsWatched < REFUSALS_WATCHED) {
      slowUntilMs = next.arrivalMs + GAPS_WATCHED * gapMs;
      watched += 1;
      if (chronicle.isStopped) refusalsWatched += 1;
    }
    if (next.arrivalMs > slowUntilMs) return config.storySpeed;
    const patience = 2 ** Math.floor(watched / REQUESTS_WATCHED) * (chronicle.isThrottled ? THROTTLED_FACTOR : 1);
    return Math.min(config.storySpeed, slow * patience);
  };
  await runTraffic(stage, {
    fromMs: storyMs,
    speedFor,
    isOver: ({ arrivalMs }) => arrivalMs >= (chronicle.isStopped ? storyEndMs : Math.max(storyEndMs, attackEndMs)),
    copies: true,
  });
  await stage.embedded.settled(stage.signal);
  chronicle.tellEarlyRefusal();
}
