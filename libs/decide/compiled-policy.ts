import { assert } from '#libs/base/assert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import { ACCOUNT_CLASSES, PROFESSIONS } from '#libs/model/codes.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import { ANNOUNCE_AGAIN_MS, FOLLOW_UP_FROM } from '#libs/model/detection-policy.ts';
import {
  S_ADJACENCY,
  S_CADENCE,
  S_CLOSED_CONTRACT,
  S_CLOSED_HOURS,
  S_DORMANT,
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
  STREAM_NAMES,
} from '#libs/model/streams.ts';
import { surpriseUpTo } from './tail.ts';

/** The policy as the hot path reads it: arrays by stream, class and rung. */
export interface CompiledPolicy {
  readonly source: DetectionPolicy;
  /** Knots of the benign tails, by class x stream. */
  readonly q99: Float64Array;
  readonly q999: Float64Array;
  /** What a nat is worth at most up to the first knot, by class x stream; 0 where the stream does not count. */
  readonly worthOfNat: Float64Array;
  /** 1 where a stream counts, by class x stream. */
  readonly active: Uint8Array;
  /** Planted people: low half of the pseudonym's first 64 bits -> high half. */
  readonly honeytokens: ReadonlyMap<number, number>;
  /** Thresholds in the order of RUNGS. */
  readonly thresholds: Float64Array;
  /** First horizon (0: 30 min, 1: 3 h, 2: next day, 3: 9 days, 4: never) that counts, by profession. */
  readonly followUpFrom: Uint8Array;
  /** Expected new people a day, by profession. */
  readonly priorPerDay: Float64Array;
  /** A rung that still holds is announced again after this long, ms. */
  readonly announceAgainMs: number;
}

/**
 * Streams that fit each class. Software looks up in bulk and in order by its nature, so only where and whose it looks
 * counts; managers serve the whole country and never bill, but work for few insurers and on what was asked of them.
 */
const STREAMS_OF_CLASS: Readonly<Record<(typeof ACCOUNT_CLASSES)[number], readonly number[]>> = {
  professional: STREAM_NAMES.map((_, i) => i).filter((s) => s !== S_OTHER_INSURER && s !== S_NO_PEC),
  software: [S_TERRITORY, S_TERRITORY_SOURCE, S_ADJACENCY, S_NEW_SOURCE, S_DORMANT, S_HONEYTOKEN],
  manager: [
    S_MISS,
    S_MISS_SOURCE,
    S_ADJACENCY,
    S_UNSEEN,
    S_RATE,
    S_NEW_SOURCE,
    S_CLOSED_CONTRACT,
    S_IDENTITIES,
    S_OTHER_INSURER,
    S_NO_PEC,
    S_CADENCE,
    S_CLOSED_HOURS,
    S_ROUND_THE_CLOCK,
    S_DORMANT,
    S_HONEYTOKEN,
    S_SORTED_ORDER,
  ],
};

const SILENT = { q99: 1e6, q999: 2e6 };

export function compilePolicy(policy: DetectionPolicy): CompiledPolicy {
  const knots = ACCOUNT_CLASSES.flatMap((accountClass) =>
    STREAM_NAMES.map(
      (name) =>
        policy.classTails?.[accountClass]?.[name] ??
        policy.tails[name] ??
        (name === 'new_source' ? { q99: 4.6, q999: 6.9 } : SILENT),
    ),
  );
  for (const [i, knot] of knots.entries()) {
    assert(knot.q99 > 0 && knot.q999 > knot.q99, `tail knots of ${STREAM_NAMES[i % STREAM_COUNT]} must rise`);
  }
  const active = new Uint8Array(ACCOUNT_CLASSES.length * STREAM_COUNT);
  ACCOUNT_CLASSES.forEach((name, c) => {
    for (const s of STREAMS_OF_CLASS[name]) {
      if (!policy.disabledStreams.includes(STREAM_NAMES[s]!)) active[c * STREAM_COUNT + s] = 1;
    }
  });
  return {
    source: policy,
    worthOfNat: Float64Array.from(knots, ({ q99 }, i) => active[i]! * Math.min(1, surpriseUpTo(1, q99))),
    q99: Float64Array.from(knots, (k) => k.q99),
    q999: Float64Array.from(knots, (k) => k.q999),
    active,
    honeytokens: new Map((policy.honeytokens ?? []).map((token) => [word(token, 0), word(token, 8)])),
    thresholds: Float64Array.from(RUNGS, (rung) => policy.thresholds[rung]),
    followUpFrom: Uint8Array.from(PROFESSIONS, (name) => FOLLOW_UP_FROM.indexOf(policy.followUpFrom[name])),
    priorPerDay: Float64Array.from(PROFESSIONS, (name) => policy.quota.priorNewPerDay[name]),
    announceAgainMs: policy.announceAgainMs ?? ANNOUNCE_AGAIN_MS,
  };
}

/** Eight hexadecimal digits as an int32, as the tables hold them. */
const word = (token: string, at: number): number => Number.parseInt(token.slice(at, at + 8), 16) | 0;
