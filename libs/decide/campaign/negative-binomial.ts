/**
 * Upper tail of the negative binomial: how surprising it is to see so many accounts where a gamma-distributed rate brings
 * them. With a rate learnt from s accounts in t days (prior gamma(a, b)) the next count is exactly of this form.
 */

/**
 * -ln P(X >= count), nats, rounded to thousandths; 0 where the count is no more than expected.
 * @param mean expected count, > 0 @param size dispersion: variance = mean + mean² / size, > 0
 */
export function surprise(count: number, mean: number, size: number): number {
  if (count <= mean) return 0;
  const odds = mean / (mean + size);
  const logOdds = Math.log(odds);
  let logProbability = size * Math.log1p(-odds);
  for (let k = 0; k < count; k++) logProbability += Math.log((k + size) / (k + 1)) + logOdds;
  let sum = 1;
  let term = 1;
  for (let k = count; term > sum * 1e-9; k++) {
    term *= ((k + size) / (k + 1)) * odds;
    sum += term;
  }
  return Math.max(0, Math.round(-(logProbability + Math.log(sum)) * 1000) / 1000);
}

/**
 * -ln P(X >= hits) of `of` trials, nats, rounded to thousandths; 0 where they are no more than expected.
 * @param share probability of a hit, 0 < share <= 1
 */
export function surpriseOfShare(hits: number, of: number, share: number): number {
  if (hits <= of * share) return 0;
  const odds = Math.log(share) - Math.log1p(-share);
  let logProbability = of * Math.log1p(-share);
  for (let k = 0; k < hits; k++) logProbability += Math.log((of - k) / (k + 1)) + odds;
  let sum = 1;
  let term = 1;
  for (let k = hits; k < of && term > sum * 1e-9; k++) {
    term *= ((of - k) / (k + 1)) * Math.exp(odds);
    sum += term;
  }
  return Math.max(0, Math.round(-(logProbability + Math.log(sum)) * 1000) / 1000);
}
