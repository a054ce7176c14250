import type { AttackExposure } from './attack-exposure.ts';
import type { Replay } from './replay.ts';

/**
 * What makes a result look better than it is: a log of which much was not read, because it is not in order of time, and
 * labels of attacks that are not in it. Both are said in words, since their figures look like those of a quiet log.
 */

/** From this share on it is said in words; single late records are counted and named all the same. */
const NOTED_SHARE = 0.01;
/** From more than this share on the result is not that of the log, and the command fails. */
const FAILED_SHARE = 0.5;

/** Ids of attacks named in a message. */
const NAMED = 5;

export interface Unread {
  /** Part of all records that was rejected for its time, above 0.01 to 1. */
  readonly share: number;
  /** More than half: the result says nothing about the log. */
  readonly failed: boolean;
  /** What happened and what to do, without a full stop. */
  readonly text: string;
}

/** Undefined where not more than one record in a hundred was rejected for its time. */
export function unreadForTime(
  { events, duplicates, rejections }: Pick<Replay, 'events' | 'duplicates' | 'rejections'>,
  { topic, goesOn }: { readonly topic: boolean; readonly goesOn: boolean },
): Unread | undefined {
  const { time_too_old = 0, time_ahead = 0 } = rejections.counts();
  const records = events + duplicates + rejections.total;
  const share = records === 0 ? 0 : (time_too_old + time_ahead) / records;
  if (share <= NOTED_SHARE) return undefined;
  const lost = `${Math.floor(share * 100)} % of the log was not read`;
  return {
    share,
    failed: share > FAILED_SHARE,
    text: topic
      ? `${lost}: its records came to the topic long after the time that they bear, or bear one that is still to come`
      : `${lost}: it is not in order of time${goesOn ? ', or older than what it goes on from' : ''}; name its files in that order and sort each by time, e.g. ${SORTED}`,
  };
}

/** For files larger than memory: JSON has no bare tab, and times of one zone sort as text. */
const SORTED = `jq -r '.time + "\\t" + tojson' log.ndjson | LC_ALL=C sort -s -k1,1 | cut -f2-`;

/** Names the labelled attacks of which the log holds nothing; undefined where there is none. */
export function absentAttacks(attacks: readonly AttackExposure[]): string | undefined {
  const ids = attacks.filter(({ events }) => events === 0).map(({ attack }) => attack.id);
  if (ids.length === 0) return undefined;
  const named = `${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? `, … (${ids.length})` : ''}`;
  return `not in this log: ${named} (no event of the labelled accounts in the labelled time); left out of the figures of exposure`;
}
