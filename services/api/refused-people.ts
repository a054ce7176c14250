const HOUR_MS = 3_600_000;
/** Refused so many times as often as allowed, within an hour, an account is pressed: no waiting room holds as many. */
const TIMES_THE_ALLOWED = 10;
const FEWEST = 20;
/** Accounts counted at a time. Past it all are counted anew, and nothing grows without end. */
const MOST_ACCOUNTS = 10_000;

/**
 * Counts, in this process alone, the look-ups that a throttle refuses: a store must not be written at a robot's pace.
 * Returns a function that gives the number refused within the hour when it has become remarkable, and else 0.
 */
export function createRefusedPeople() {
  const hours = new Map<string, { beganMs: number; refused: number }>();
  return (accountId: string, newPerHour: number, nowMs: number): number => {
    let hour = hours.get(accountId);
    if (!hour || nowMs < hour.beganMs || nowMs >= hour.beganMs + HOUR_MS) {
      if (!hour && hours.size >= MOST_ACCOUNTS) hours.clear();
      hour = { beganMs: nowMs, refused: 0 };
      hours.set(accountId, hour);
    }
    hour.refused += 1;
    return hour.refused === Math.max(FEWEST, TIMES_THE_ALLOWED * newPerHour) ? hour.refused : 0;
  };
}
