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
