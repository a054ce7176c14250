/**
 * How every stream gathers evidence over time: the Shiryaev-Roberts statistic R <- LR x (1 + R) kept in logs, reflecting
 * at 0 so that what went well long ago buys nothing later (Shiryaev 1963; Roberts 1966; reflection as in Page 1954).
 * Under the null E[R_n] = n, so its logarithm grows only like ln n; under the attack it grows by the divergence a step.
 */

/** One step: evidence in nats (>= 0) and the log-likelihood ratio of the new observation -> evidence in nats (>= 0). */
export function accumulate(evidence: number, logRatio: number): number {
  // ln(1 + e^E) is E itself beyond 30 nats to the last bit.
  const grown = evidence > 30 ? evidence : Math.log1p(Math.exp(evidence));
  const next = grown + logRatio;
  return Math.max(next, 0);
}

/** Evidence a count of volume or a cohort may add in one step, nats: one freak hour must not do it alone. */
export const MAX_NATS_A_BIN = 8;
/** No stream holds more than this, nats: far beyond every tail, and finite. */
export const MAX_NATS = 60;
/** What is left of a stream at the close of a day, nats: yesterday's peak must not outlive its reasons. */
export const DAY_CEILING_NATS = 16;
/** A stream below this counts as at rest: the next rise starts a new incident estimate. */
export const REST_NATS = 1.5;

/** Log-likelihood ratio of a yes/no observation: p0 under the null, p1 under the attack, both in (0, 1). Nats. */
export function bernoulliLogRatio(hit: boolean, p0: number, p1: number): number {
  return hit ? Math.log(p1 / p0) : Math.log((1 - p1) / (1 - p0));
}
