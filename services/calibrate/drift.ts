import type { Calibration } from '#libs/model/policy/index.ts';
import type { StreamName } from '#libs/model/streams.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';

/**
 * Whether honest behaviour has moved since an earlier calibration: a quantile has drifted where the two intervals have no
 * value in common. (Two 95 % intervals that are apart are strong evidence, well beyond one in twenty.)
 */
export interface Drift {
  readonly stream: StreamName;
  readonly quantile: 'q99' | 'q999';
  readonly before: readonly [number, number];
  readonly now: readonly [number, number];
  /** Up: honest months reach higher, more will be disturbed. Down: thieves are let go on for longer than need be. */
  readonly direction: 'up' | 'down';
}

/** Drifts of all streams that both know; a file without bounds counts with its bare figures. */
export function driftsBetween(before: Calibration, now: Calibration): Drift[] {
  return STREAM_NAMES.flatMap((stream) =>
    (['q99', 'q999'] as const).flatMap((quantile) => {
      const then = interval(before, stream, quantile);
      const today = interval(now, stream, quantile);
      if (then === undefined || today === undefined) return [];
      if (today[0] <= then[1] && then[0] <= today[1]) return [];
      const direction: Drift['direction'] = today[0] > then[1] ? 'up' : 'down';
      return [{ stream, quantile, before: then, now: today, direction }];
    }),
  );
}

function interval(
  { tails, bounds }: Calibration,
  stream: StreamName,
  q: 'q99' | 'q999',
): readonly [number, number] | undefined {
  const known = bounds?.[stream]?.[q];
  const bare = tails[stream]?.[q];
  return known ?? (bare === undefined ? undefined : [bare, bare]);
}
