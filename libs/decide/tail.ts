/**
 * From a stream's evidence to what it is worth in the sum: no more than the surprise it causes among honest accounts: min(evidence,
 * surprise, the stream's cap).
 * The benign tail of the stream's monthly maximum is given by two knots; -ln of the tail is linear between and beyond.
 */
const NATS_99 = Math.log(100);
const NATS_999 = Math.log(1000);
/** No stream may be worth more than this: two must agree before an account is suspended. */
export const STREAM_CAP_NATS = 10;

/** -ln P(an honest month exceeds `evidence`), nats, up to `q99`: what one honest account-month in 100 exceeds. */
export const surpriseUpTo = (evidence: number, q99: number): number => (NATS_99 * evidence) / q99;
/** The same beyond it. @param q999 what one in 1000 exceeds */
export const surpriseBeyond = (evidence: number, q99: number, q999: number): number =>
  NATS_99 + ((NATS_999 - NATS_99) * (evidence - q99)) / (q999 - q99);

/** Large accounts look more often: what is taken off their evidence, by new people expected a day. */
export function sizeAllowance(perDay: number): number {
  return 0.5 * Math.max(0, Math.log(1 + 4 * perDay) - 4);
}
