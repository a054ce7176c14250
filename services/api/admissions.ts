const HOUR_MS = 3_600_000;

/**
 * Counts the people new to a throttled account that the portal let it look up. People it knows are free and are not asked
 * about here. Kept in memory: a restart gives each throttled account its hour anew.
 */
export function createAdmissions() {
  const admitted = new Map<string, number[]>();
  return {
    /** Whether one more new person may be looked up now; counts it where it may. */
    admit(accountId: string, newPerHour: number, nowMs: number): boolean {
      const recent = (admitted.get(accountId) ?? []).filter((ms) => ms > nowMs - HOUR_MS);
      const may = recent.length < newPerHour;
      if (may) recent.push(nowMs);
      if (recent.length > 0) admitted.set(accountId, recent);
      else admitted.delete(accountId);
      return may;
    },
    /** The account is throttled no longer. */
    forget(accountId: string): void {
      admitted.delete(accountId);
    },
  };
}
export type Admissions = ReturnType<typeof createAdmissions>;
