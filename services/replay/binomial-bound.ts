/**
 * How sure a small count is: the exact one-sided upper bound of a rate (Clopper and Pearson, Biometrika 26, 1934). For
 * no event in n trials it is the "rule of three", about 3/n.
 */

const CONFIDENCE = 0.95;

/** Natural logarithm of P(X <= k) for X binomial(n, p), 0 < p < 1. */
function logCumulative(k: number, n: number, p: number): number {
  const odds = Math.log(p) - Math.log1p(-p);
  let term = n * Math.log1p(-p);
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + odds;
    const [high, low] = term > sum ? [term, sum] : [sum, term];
    sum = high + Math.log1p(Math.exp(low - high));
  }
  return sum;
}

/**
 * Largest rate that is still compatible with `count` in `trials` at 95 %: 0 to 1.
 * @param trials may be a fraction (account-months): it is rounded down, which makes the bound larger
 */
export function upperBound(count: number, trials: number): number {
  const n = Math.floor(trials);
  if (n <= 0 || count >= n) return 1;
  const target = Math.log(1 - CONFIDENCE);
  let low = count / n;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (logCumulative(count, n, middle) > target) low = middle;
    else high = middle;
  }
  return high;
}
