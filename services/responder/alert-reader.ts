import { createHash } from 'node:crypto';
import { alertOfFinding, campaignOfFinding } from '#libs/formats/ocsf/index.ts';
import type { Consuming, EventLog } from '#libs/ports/event-log.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import type { AlertRejection } from './dead-letter.ts';
import { alertDeadLetter } from './dead-letter.ts';
import type { Responder } from './responder.ts';

export interface AlertReaderParts {
  readonly log: EventLog;
  readonly store: ResponseStore;
  readonly responder: Responder;
  /** `vigie.alerts`. */
  readonly topic: string;
  readonly group: string;
  /** `vigie.dead-letter`: a record that is no alert is named there before the position moves past it. */
  readonly deadLetter: string;
  /** Told of a record that is no alert, and of what retention dropped unread; reading goes on. */
  readonly onRejection: (rejection: AlertRejection) => void;
  /** Told once when reading has ended by itself. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Gives every alert of the topic to the responder, from where the store says that it had got to: the position moves on
 * only when the plans of a batch are durable, so a crash gives some of them twice and loses none.
 */
export function readAlerts(parts: AlertReaderParts): Promise<Consuming> {
  const { log, store, responder, topic, group } = parts;
  let consuming: Consuming | undefined;
  return log
    .consume({
      group,
      topic,
      handler: {
        async assigned(partition) {
          const kept = await store.position(topic, partition);
          const bounds = (await log.bounds(topic)).find((b) => b.partition === partition);
          const first = bounds?.first ?? 0;
          if (kept !== undefined && kept < first) {
            const reason = `${first - kept} records were dropped by retention before they were read`;
            parts.onRejection({ topic, partition, offset: kept, arrivalMs: 0, reason, bytes: 0, digest: '' });
          }
          return Math.max(kept ?? first, first);
        },
        async batch({ partition, records, next }) {
          for (const { offset, value, arrivalMs } of records) {
            const bytes = value ?? new Uint8Array();
            const read = alertOfFinding(Buffer.from(bytes).toString('utf8'));
            if (!read.ok) {
              const digest = createHash('sha256').update(bytes).digest('hex');
              const what = { topic, partition, offset, arrivalMs, bytes: bytes.length };
              const rejection: AlertRejection = { ...what, reason: read.error, digest };
              await log.append([alertDeadLetter(parts.deadLetter, rejection)]);
              parts.onRejection(rejection);
            } else if (read.value) await responder.onAlert(read.value);
            else {
              const campaign = campaignOfFinding(Buffer.from(bytes).toString('utf8'));
              if (campaign) await responder.onCampaign(campaign);
            }
          }
          await store.commit({ positions: [{ topic, partition, next }] });
          await consuming?.commit(partition, next);
        },
        async revoked() {},
        failed: parts.onFailure,
      },
    })
    .then((started) => {
      consuming = started;
      return started;
    });
}
