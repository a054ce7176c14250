/** How often something may happen for one key, in windows of fixed length. */
export interface Pace {
  /** Counts one; 0 where it may go on, else ms until it may. */
  wait(key: string, nowMs: number): number;
}

/** Keys remembered at a time. Past it all are forgotten: somebody gets a window anew, and nothing grows without end. */
const MOST_KEYS = 10_000;

export function createPace(most: number, windowMs: number): Pace {
  const windows = new Map<string, { beganMs: number; count: number }>();
  return {
    wait(key, nowMs) {
      const window = windows.get(key);
      // A clock that was set back begins a new window, too.
      if (!window || nowMs < window.beganMs || nowMs >= window.beganMs + windowMs) {
        if (!window && windows.size >= MOST_KEYS) windows.clear();
        windows.set(key, { beganMs: nowMs, count: 1 });
        return 0;
      }
      window.count += 1;
      return window.count <= most ? 0 : window.beganMs + windowMs - nowMs;
    },
  };
}
