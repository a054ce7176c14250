import { cloudEventHeaders } from '#libs/formats/cloud-events.ts';
import type { NewRecord } from '#libs/ports/event-log.ts';

/** An alert record that is none. It never holds the record's own content. */
export interface AlertRejection {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly arrivalMs: number;
  readonly reason: string;
  readonly bytes: number;
  /** SHA-256 of the bytes, hex; '' where there are none any more. */
  readonly digest: string;
}

/** Its dead letter, in the words of the detector's: where it stood, why, and a digest to find it by. */
export function alertDeadLetter(deadLetterTopic: string, rejection: AlertRejection): NewRecord {
  const { topic, partition, offset, arrivalMs, reason, bytes, digest } = rejection;
  const position = `${topic}/${partition}/${offset}`;
  const content = { reason, field: '', topic, partition, offset, bytes, sha256: digest };
  return {
    topic: deadLetterTopic,
    key: position,
    value: Buffer.from(JSON.stringify(content), 'utf8'),
    headers: cloudEventHeaders({
      id: position,
      source: '/vigie/responder',
      type: 'vigie.dead-letter',
      timeMs: arrivalMs,
    }),
  };
}
