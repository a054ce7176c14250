import {
  S_ADJACENCY,
  S_FOLLOW_1D,
  S_FOLLOW_3H,
  S_FOLLOW_9D,
  S_FOLLOW_30M,
  S_MISS,
  S_MISS_SOURCE,
  S_NEW_SOURCE,
  S_RATE,
  S_TERRITORY,
  S_TERRITORY_SOURCE,
  S_UNSEEN,
  STREAM_COUNT,
} from '#libs/model/streams.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { calibrated } from './tail.ts';

/**
 * The score of one account-channel: a sum of capped, tail-calibrated streams. A sum, because a thief seldom shows in one
 * stream alone; capped, because no stream may disable anybody by itself; the horizons of no-follow-up see the same
 * absence and count once; volume (rate, unseen) is what honest shocks look like and counts for at most 8.
 */
export interface Score {
  /** Rounded to thousandths: the last bit of Math.log may differ between engine versions. */
  total: number;
  /** The total without volume (rate): what counts for a suspension. Who is looked up decides that, not how fast. */
  who: number;
  /** Whether the gate for a suspension is open: a stream that says *who* is looked up, not only how many. */
  gate: boolean;
  /** Worth of each stream, nats, in stream order; those that lost to another horizon are 0. */
  readonly worth: Float64Array;
}

export const createScore = (): Score => ({ total: 0, who: 0, gate: false, worth: new Float64Array(STREAM_COUNT) });

/**
 * Known people are fewer than new ones on a busy day: each nat of theirs explains two, so that a change in billing never
 * lags behind the absence it explains.
 */
export const SWITCH_EXPLAINS = 2;
const VOLUME_CAP = 8;
const NEW_SOURCE_CAP = 4;
/** Half an hour is too early to know whether billing merely goes another way today. */
const EARLY_CAP = 6;
const GATE_NATS = 2;
/** -ln of the share of accounts that never bill through the portal (about one in twenty at least). */
export const NEVER_BILLS_NATS = 3;

/**
 * Fills `into` from the evidence at `nats[base…]`.
 * @param sourceNats evidence of a source that is new right now, 0 otherwise
 * @param allowance nats taken off each stream for the account's size (see `sizeAllowance`)
 * @param billedElsewhere evidence that billing goes another way now, nats
 * @param followUpCeiling what no-follow-up may be worth at most, given its benign explanations
 */
export function scoreInto(
  into: Score,
  nats: Float32Array,
  base: number,
  sourceNats: number,
  allowance: number,
  billedElsewhere: number,
  followUpCeiling: number,
  accountClass: number,
  policy: CompiledPolicy,
): void {
  const { q99, q999, active } = policy;
  const worth = into.worth;
  const offset = accountClass * STREAM_COUNT;
  for (let s = 0; s < STREAM_COUNT; s++) {
    const evidence =
      nats[base + s]! - allowance - (s >= S_FOLLOW_30M && s <= S_FOLLOW_9D ? SWITCH_EXPLAINS * billedElsewhere : 0);
    worth[s] = active[offset + s] === 1 && evidence > 0 ? calibrated(evidence, q99[offset + s]!, q999[offset + s]!) : 0;
  }
  worth[S_NEW_SOURCE] = active[offset + S_NEW_SOURCE] === 1 ? Math.min(sourceNats, NEW_SOURCE_CAP) : 0;

  keepLarger(worth, S_TERRITORY, S_TERRITORY_SOURCE);
  keepLarger(worth, S_MISS, S_MISS_SOURCE);
  worth[S_FOLLOW_30M] = Math.min(worth[S_FOLLOW_30M]!, EARLY_CAP);
  let best = S_FOLLOW_30M;
  for (const s of FOLLOW_UPS) if (worth[s]! > worth[best]!) best = s;
  for (const s of FOLLOW_UPS) if (s !== best) worth[s] = 0;
  worth[best] = Math.min(worth[best]!, followUpCeiling);

  const volume = worth[S_RATE]! + worth[S_UNSEEN]!;
  if (volume > VOLUME_CAP) {
    worth[S_RATE] = (worth[S_RATE]! * VOLUME_CAP) / volume;
    worth[S_UNSEEN] = (worth[S_UNSEEN]! * VOLUME_CAP) / volume;
  }
  let total = 0;
  for (let s = 0; s < STREAM_COUNT; s++) total += worth[s]!;
  into.total = Math.round(total * 1000) / 1000;
  into.who = Math.round((total - worth[S_RATE]!) * 1000) / 1000;
  into.gate =
    worth[S_TERRITORY]! + worth[S_TERRITORY_SOURCE]! >= GATE_NATS ||
    worth[S_MISS]! + worth[S_MISS_SOURCE]! >= GATE_NATS ||
    worth[S_ADJACENCY]! >= GATE_NATS ||
    worth[S_UNSEEN]! >= GATE_NATS;
}

/** Two views of the same people count once. */
function keepLarger(worth: Float64Array, a: number, b: number): void {
  if (worth[a]! < worth[b]!) worth[a] = 0;
  else worth[b] = 0;
}

const FOLLOW_UPS = [S_FOLLOW_30M, S_FOLLOW_3H, S_FOLLOW_1D, S_FOLLOW_9D] as const;
