import {
  S_ADJACENCY,
  S_CADENCE,
  S_CLOSED_CONTRACT,
  S_CLOSED_HOURS,
  S_DORMANT,
  S_FIRST_EXPORT,
  S_FOLLOW_1D,
  S_FOLLOW_3H,
  S_FOLLOW_9D,
  S_FOLLOW_30M,
  S_HONEYTOKEN,
  S_IDENTITIES,
  S_MISS,
  S_MISS_SOURCE,
  S_NEW_SOURCE,
  S_NO_PEC,
  S_OTHER_INSURER,
  S_RATE,
  S_ROUND_THE_CLOCK,
  S_SORTED_ORDER,
  S_TERRITORY,
  S_TERRITORY_SOURCE,
  S_UNSEEN,
  STREAM_COUNT,
} from '#libs/model/streams.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { STREAM_CAP_NATS, surpriseBeyond, surpriseUpTo } from './tail.ts';

/**
 * The score of one account-channel: a sum of capped, tail-calibrated streams. A sum, because a thief seldom shows in one
 * stream alone; capped, because no stream may disable anybody by itself; the horizons of no-follow-up see the same
 * absence and count once; volume (rate, unseen, hours) is what honest shocks look like and counts for at most 8.
 */
export interface Score {
  /** Rounded to thousandths: the last bit of Math.log may differ between engine versions. */
  total: number;
  /** The total without rate, rhythm, hours and ended contracts: what counts for a suspension. Who is looked up decides that. */
  who: number;
  /** Whether the gate for a suspension is open: streams that say that the people are strangers, not only how many or unbilled. */
  gate: boolean;
  /** Whether what needs no knowledge of the account would open it: numbers in a row, planted people. */
  conclusive: boolean;
  /** Worth of each stream, nats, in stream order; those that lost to another horizon are 0. */
  readonly worth: Float64Array;
}

export const createScore = (): Score => ({
  total: 0,
  who: 0,
  gate: false,
  conclusive: false,
  worth: new Float64Array(STREAM_COUNT),
});

/**
 * Known people are fewer than new ones on a busy day: each nat of theirs explains two, so that a change in billing never
 * lags behind the absence it explains.
 */
export const SWITCH_EXPLAINS = 2;
const VOLUME_CAP = 8;
const VOLUME = [S_RATE, S_UNSEEN, S_CLOSED_HOURS, S_ROUND_THE_CLOCK] as const;
/**
 * What suspends nobody: how many, when, in what rhythm and order, and how many of them have no contract any more, which busy seasons at
 * the coast bring with them as well.
 */
const HINTS = [S_RATE, S_CLOSED_HOURS, S_ROUND_THE_CLOCK, S_CADENCE, S_CLOSED_CONTRACT, S_SORTED_ORDER] as const;
/** What each stream may be worth at most, where that is not the common cap. */
const CAPS = new Float64Array(STREAM_COUNT).fill(STREAM_CAP_NATS);
/** Half an hour is too early to know whether billing merely goes another way today. */
CAPS[S_FOLLOW_30M] = 6;
/**
 * On the account's own machines: a resort's pharmacy has its season, and two nats beside it are what chance brings every tenth
 * month. Three are not.
 */
CAPS[S_TERRITORY] = 9;
/** The same of misses: a card reader that garbles one card in three is no list of guessed numbers. */
CAPS[S_MISS] = 9;
/**
 * A busy hour is what honest shocks look like: it spoke in three of four honest demands for a second factor, and for few thefts.
 * Those of local people from a machine of their own need some of it: at 3 nats they cost three times as many people.
 */
CAPS[S_RATE] = 4.5;
CAPS[S_NEW_SOURCE] = 4;
CAPS[S_DORMANT] = 3;
CAPS[S_FIRST_EXPORT] = 4;
CAPS[S_CLOSED_CONTRACT] = 2;
/** Duty at night and a robot that a practice bought are honest. */
CAPS[S_CLOSED_HOURS] = 2;
CAPS[S_ROUND_THE_CLOCK] = 2;
CAPS[S_CADENCE] = 3;
CAPS[S_SORTED_ORDER] = 3;
/** Conclusive alone. */
CAPS[S_HONEYTOKEN] = 30;
/**
 * Half of a suspension, together: a screening day or an archive that is checked from a new machine is unbilled by the hundred,
 * and four nats of chance beside it made a dozen.
 */
const GATE_NATS = 6;
/** One pair of neighbours happens to everybody: more than that. */
const ADJACENCY_GATE_NATS = 4.5;
/**
 * Streams of who is looked up: without them nobody is suspended. Not those that merely were never seen before: a home for the
 * elderly is unseen by all, and billed weeks later.
 */
const GATE = [
  S_TERRITORY,
  S_TERRITORY_SOURCE,
  S_MISS,
  S_MISS_SOURCE,
  S_IDENTITIES,
  S_OTHER_INSURER,
  S_NO_PEC,
  S_HONEYTOKEN,
] as const;
/** What says that the people are strangers: without it their order is that of the practice's own file. */
const STRANGERS = [S_NEW_SOURCE, ...GATE].filter((s) => s !== S_HONEYTOKEN);
/** Four or five people in a row happen to everybody in a month: less than this says nothing. */
const SORTED_FROM_NATS = 7;
/** -ln of the share of accounts that never bill through the portal (about one in twenty at least). */
export const NEVER_BILLS_NATS = 3;
/** What territory may be worth where no bill could ever take it back: a resort's pharmacy that bills elsewhere, in its season. */
export const UNREFUNDED_TERRITORY_NATS = 8;
/** The same where the account's own people are not known yet: it may be one that serves the whole country. */
export const UNKNOWN_TERRITORY_NATS = 9;

/**
 * Fills `into` from the evidence at `nats[base…]`.
 * @param sourceNats evidence of a source that is new right now, 0 otherwise
 * @param wokeNats evidence of an account that woke from a long silence today, 0 otherwise
 * @param allowance nats taken off each stream for the account's size (see `sizeAllowance`)
 * @param billedElsewhere evidence that billing goes another way now, nats
 * @param territoryCeiling the same for territory, where the source is not new
 * @param newSourceCeiling the same for territory, where it is
 * @param explainedShare share of the account's people whom something explains that happens to the whole portal, 0 to 1
 * @param explainedCeiling what numbers, never seen and no-follow-up of these may be worth at most together, nats
 * @param followUpCeiling what no-follow-up may be worth at most, given its benign explanations
 */
export function scoreInto(
  into: Score,
  nats: Float32Array,
  base: number,
  sourceNats: number,
  wokeNats: number,
  allowance: number,
  billedElsewhere: number,
  followUpCeiling: number,
  territoryCeiling: number,
  newSourceCeiling: number,
  explainedShare: number,
  explainedCeiling: number,
  accountClass: number,
  policy: CompiledPolicy,
): void {
  const { q99, q999, active } = policy;
  const worth = into.worth;
  const offset = accountClass * STREAM_COUNT;
  for (let s = 0; s < STREAM_COUNT; s++) {
    let evidence = nats[base + s]! - allowance;
    if (s >= S_FOLLOW_30M && s <= S_FOLLOW_9D) evidence -= SWITCH_EXPLAINS * billedElsewhere;
    if (evidence <= 0 || active[offset + s] !== 1) {
      worth[s] = 0;
      continue;
    }
    const first = q99[offset + s]!;
    const surprise =
      evidence <= first ? surpriseUpTo(evidence, first) : surpriseBeyond(evidence, first, q999[offset + s]!);
    worth[s] = Math.min(evidence, surprise, CAPS[s]!);
  }
  worth[S_NEW_SOURCE] = active[offset + S_NEW_SOURCE] === 1 ? Math.min(sourceNats, CAPS[S_NEW_SOURCE]!) : 0;
  worth[S_DORMANT] = active[offset + S_DORMANT] === 1 ? Math.min(wokeNats, CAPS[S_DORMANT]!) : 0;

  worth[S_TERRITORY] = Math.min(worth[S_TERRITORY]!, territoryCeiling);
  worth[S_TERRITORY_SOURCE] = Math.min(worth[S_TERRITORY_SOURCE]!, newSourceCeiling);
  keepLarger(worth, S_TERRITORY, S_TERRITORY_SOURCE);
  keepLarger(worth, S_MISS, S_MISS_SOURCE);
  // Whom nobody looked up lately, nobody asked a prise en charge for.
  if (worth[S_NO_PEC]! > 0) worth[S_UNSEEN] = 0;
  let best = S_FOLLOW_30M;
  for (let s = S_FOLLOW_30M; s <= S_FOLLOW_9D; s++) if (worth[s]! > worth[best]!) best = s;
  for (let s = S_FOLLOW_30M; s <= S_FOLLOW_9D; s++) if (s !== best) worth[s] = 0;
  worth[best] = Math.min(worth[best]!, followUpCeiling);

  if (explainedShare > 0) explain(worth, best, explainedShare, explainedCeiling);

  // Night duty is one fact: active when others are closed, for longer than usual, and more than expected.
  keepLarger(worth, S_CLOSED_HOURS, S_ROUND_THE_CLOCK);
  let strangers = 0;
  for (let i = 0; i < STRANGERS.length; i++) strangers = Math.max(strangers, worth[STRANGERS[i]!]!);
  const sorted = nats[base + S_SORTED_ORDER]! >= SORTED_FROM_NATS;
  worth[S_SORTED_ORDER] = sorted ? Math.min(worth[S_SORTED_ORDER]!, strangers) : 0;
  const volume = worth[S_RATE]! + worth[S_UNSEEN]! + worth[S_CLOSED_HOURS]! + worth[S_ROUND_THE_CLOCK]!;
  if (volume > VOLUME_CAP) for (const s of VOLUME) worth[s] = (worth[s]! * VOLUME_CAP) / volume;
  let total = 0;
  for (let s = 0; s < STREAM_COUNT; s++) total += worth[s]!;
  into.total = Math.round(total * 1000) / 1000;
  let hints = 0;
  for (let i = 0; i < HINTS.length; i++) hints += worth[HINTS[i]!]!;
  into.who = Math.round((total - hints) * 1000) / 1000;
  let strange = 0;
  for (let i = 0; i < GATE.length; i++) strange += worth[GATE[i]!]!;
  into.conclusive = worth[S_ADJACENCY]! >= ADJACENCY_GATE_NATS || worth[S_HONEYTOKEN]! > 0;
  into.gate = strange >= GATE_NATS || into.conclusive;
}

/** What rounding may add to a total. */
const ROUNDING = 0.001;
const bounds = new Float64Array(STREAM_COUNT);

/**
 * The most that {@link scoreInto} could make of the evidence at `nats[base…]`, found without weighing all the streams against
 * each other: most rows are not worth more, most of the time.
 * @param fromSources evidence of a new source and of an account that woke, nats @param allowance as there
 */
export function mostOf(
  nats: Float32Array,
  base: number,
  fromSources: number,
  allowance: number,
  accountClass: number,
  policy: CompiledPolicy,
): number {
  const { q99, worthOfNat } = policy;
  const offset = accountClass * STREAM_COUNT;
  let most = fromSources + ROUNDING;
  for (let s = 0; s < STREAM_COUNT; s++) {
    const evidence = nats[base + s]! - allowance;
    const bound =
      evidence <= 0
        ? 0
        : evidence <= q99[offset + s]!
          ? evidence * worthOfNat[offset + s]!
          : Math.min(evidence, CAPS[s]!);
    bounds[s] = bound;
    most += bound;
  }
  // Order as chance brings it is worth nothing, and everybody has some.
  if (nats[base + S_SORTED_ORDER]! < SORTED_FROM_NATS) most -= bounds[S_SORTED_ORDER]!;
  most -= Math.min(bounds[S_TERRITORY]!, bounds[S_TERRITORY_SOURCE]!);
  most -= Math.min(bounds[S_MISS]!, bounds[S_MISS_SOURCE]!);
  most -= Math.min(bounds[S_CLOSED_HOURS]!, bounds[S_ROUND_THE_CLOCK]!);
  const early = bounds[S_FOLLOW_30M]! + bounds[S_FOLLOW_3H]!;
  const late = bounds[S_FOLLOW_1D]! + bounds[S_FOLLOW_9D]!;
  if (early + late > 0) {
    most += Math.max(bounds[S_FOLLOW_30M]!, bounds[S_FOLLOW_3H]!, bounds[S_FOLLOW_1D]!, bounds[S_FOLLOW_9D]!);
    most -= early + late;
  }
  return most;
}

/** Puts a ceiling on what an honest explanation leaves of the evidence that it explains; the rest of it stays. */
function explain(worth: Float64Array, followUp: number, share: number, ceiling: number): void {
  const explained = share * (worth[S_RATE]! + worth[S_UNSEEN]! + worth[followUp]!);
  if (explained <= ceiling) return;
  const kept = 1 - share + (share * ceiling) / explained;
  for (const s of [S_RATE, S_UNSEEN, followUp]) worth[s] = worth[s]! * kept;
}

/** Two views of the same people count once. */
function keepLarger(worth: Float64Array, a: number, b: number): void {
  if (worth[a]! < worth[b]!) worth[a] = 0;
  else worth[b] = 0;
}
