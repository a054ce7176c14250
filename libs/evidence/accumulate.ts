/**
 * How every stream gathers evidence over time: Page's cumulative sum of log-likelihood ratios, reflecting at 0 so that what
 * went well long ago buys nothing later (Page 1954; Lorden 1971). Measured against the Shiryaev-Roberts form, which adds
 * one to the likelihood at every step: that drifts up by ln n where single observations say next to nothing, and large
 * honest accounts make many of those.
 */

/** One step: evidence in nats (>= 0) and the log-likelihood ratio of the new observation -> evidence in nats (>= 0). */
export const accumulate = (evidence: number, logRatio: number): number => Math.max(0, evidence + logRatio);

/** Evidence a count of volume or a cohort may add in one step, nats: one freak hour must not do it alone. */
export const MAX_NATS_A_BIN = 8;
/** No stream holds more than this, nats: far beyond every tail, and finite. */
export const MAX_NATS = 60;
/** What is left of a stream at the close of a day, nats: yesterday's peak must not outlive its reasons. */
export const DAY_CEILING_NATS = 16;
/** A stream below this counts as at rest: the next rise starts a new incident estimate. */
export const REST_NATS = 0.7;

/** Log-likelihood ratio of a yes/no observation: p0 under the null, p1 under the attack, both in (0, 1). Nats. */
export function bernoulliLogRatio(hit: boolean, p0: number, p1: number): number {
  return hit ? Math.log(p1 / p0) : Math.log((1 - p1) / (1 - p0));
}
