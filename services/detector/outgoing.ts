import { createHash } from 'node:crypto';
import { cloudEventHeaders } from '#libs/formats/cloud-events.ts';
import type { OcsfSource } from '#libs/formats/ocsf/index.ts';
import { detectionFinding } from '#libs/formats/ocsf/index.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';
import type { Signal } from '#libs/model/signal.ts';
import type { NewRecord } from '#libs/ports/event-log.ts';

const SOURCE = '/vigie/detector';

/** The record of an alert: the same alert is the same bytes under the same id, whoever writes it and whenever. */
export function alertRecord(topic: string, alert: Alert, source: OcsfSource): NewRecord {
  return {
    topic,
    key: alert.account.id,
    value: Buffer.from(JSON.stringify(detectionFinding(alert, source)), 'utf8'),
    headers: cloudEventHeaders({
      id: `${alert.id}:${alert.revision}`,
      source: SOURCE,
      type: 'vigie.alert',
      timeMs: alert.timeMs,
    }),
  };
}

/** What stands among a partition's signals to say how far it is, for whoever waits for all partitions. */
export type PartitionMark =
  /** Its clock (newest event time) has reached this quarter of an hour: no later signal of it is older. */
  | { readonly signal: 'clock'; readonly timeMs: number }
  /** Its log is read to the end and nothing has come for a while: it is not to be waited for until it speaks again. */
  | { readonly signal: 'rest' };

/** A signal or mark, and the place in the partition where it arose: names the input and what came of it. */
export interface Told {
  readonly place: number | string;
  readonly timeMs: number;
  readonly told: Signal | PartitionMark;
}

/** So many stay well below the size that brokers take of a record, however long accounts' ids are. */
export const SIGNALS_PER_RECORD = 500;

/**
 * The records of signals, for whoever looks at many accounts at once: each a JSON array of those that go out together, for a
 * record of its own costs as much as ten events. They go to the partition their events came from, so that the signals of a
 * partition stand in the order of its fold; where the records are cut means nothing.
 */
export function* signalRecords(topic: string, partition: number, all: readonly Told[]): Generator<NewRecord> {
  for (let at = 0; at < all.length; at += SIGNALS_PER_RECORD) {
    const some = all.slice(at, at + SIGNALS_PER_RECORD);
    yield {
      topic,
      key: String(partition),
      partition,
      value: Buffer.from(JSON.stringify(some.map(({ told }) => told)), 'utf8'),
      headers: cloudEventHeaders({
        id: `${partition}/${some[0]!.place}`,
        source: SOURCE,
        type: 'vigie.signals',
        timeMs: some.at(-1)!.timeMs,
      }),
    };
  }
}

/** A record of the access log that was not taken. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly arrivalMs: number;
  readonly reason: RejectionReason;
  /** Dotted path of the field, '' for the whole record. */
  readonly field: string;
  readonly value: Uint8Array | null;
}

/** The record of a dead letter: where it stood, why, and a digest to find it by; nothing of what it says. */
export function deadLetterRecord(topic: string, letter: DeadLetter): NewRecord {
  const position = `${letter.topic}/${letter.partition}/${letter.offset}`;
  const content = {
    reason: letter.reason,
    field: letter.field,
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset,
    bytes: letter.value?.length ?? 0,
    sha256: createHash('sha256')
      .update(letter.value ?? '')
      .digest('hex'),
  };
  return {
    topic,
    key: position,
    value: Buffer.from(JSON.stringify(content), 'utf8'),
    headers: cloudEventHeaders({ id: position, source: SOURCE, type: 'vigie.dead-letter', timeMs: letter.arrivalMs }),
  };
}
