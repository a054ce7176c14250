import type { AttackExposure } from './attack-exposure.ts';
import type { Replay } from './replay.ts';

/**
 * What makes a result look better than it is: a log of which much was not read, because it is not in order of time or not
 * of the format that it was taken for, and labels of attacks that are not in it. All are said in words, since their
 * figures look like those of a quiet log.
 */

/** From this share on it is said in words; single late records are counted and named all the same. */
const NOTED_SHARE = 0.01;
/** From more than this share on the result is not that of the log, and the command fails. */
const FAILED_SHARE = 0.5;

/** Ids of attacks named in a message. */
const NAMED = 5;

export interface Unread {
  /** What the records were rejected for: their time, or what they look like. */
  readonly kind: 'time' | 'form';
  /** Part of all records that was rejected for it, above 0.01 to 1. */
  readonly share: number;
  /** More than half: the result says nothing about the log. */
  readonly failed: boolean;
  /** What happened and what to do, without a full stop. */
  readonly text: string;
}

type Counted = Pick<Replay, 'events' | 'duplicates' | 'skipped' | 'rejections'>;

/** Empty where not more than one record in a hundred was rejected, for its time or for its form. */
export function unreadOf(replay: Counted, of: { readonly topic: boolean; readonly goesOn: boolean }): Unread[] {
  return [unreadForForm(replay), unreadForTime(replay, of)].filter((unread) => unread !== undefined);
}

/** Records that were taken, left out on purpose or rejected. */
const recordsOf = ({ events, duplicates, skipped, rejections }: Counted): number =>
  events + duplicates + skipped + rejections.total;

function unreadForForm(replay: Counted): Unread | undefined {
  const { time_too_old = 0, time_ahead = 0, truncated_input = 0, ...form } = replay.rejections.counts();
  const rejected = replay.rejections.total - time_too_old - time_ahead - truncated_input;
  const share = rejected / Math.max(recordsOf(replay), 1);
  if (share <= NOTED_SHARE || replay.events === 0) return undefined;
  return {
    kind: 'form',
    share,
    failed: share > FAILED_SHARE,
    text: `${Math.floor(share * 100)} % of the log was not read (${Object.keys(form).join(', ')}): is this the right format, and the right mapping?`,
  };
}

function unreadForTime(
  replay: Counted,
  { topic, goesOn }: { readonly topic: boolean; readonly goesOn: boolean },
): Unread | undefined {
  const { time_too_old = 0, time_ahead = 0 } = replay.rejections.counts();
  const share = (time_too_old + time_ahead) / Math.max(recordsOf(replay), 1);
  if (share <= NOTED_SHARE) return undefined;
  const lost = `${Math.floor(share * 100)} % of the log was not read`;
  return {
    kind: 'time',
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
