import { createHash } from 'node:crypto';
import { alertOfFinding, campaignOfFinding } from '#libs/formats/ocsf/index.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { Consuming, EventLog, LogRecord } from '#libs/ports/event-log.ts';
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

function rejectionOf(
  topic: string,
  partition: number,
  { offset, arrivalMs, value }: LogRecord,
  reason: string,
): AlertRejection {
  const bytes = value ?? new Uint8Array();
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { topic, partition, offset, arrivalMs, reason, bytes: bytes.length, digest };
}

/**
 * Of the alerts of one batch, those that have to be looked at: a thief who goes on makes a revision with every request, and
 * one that is followed in the same batch by a later one of the same incident, rung, severity and status says nothing of its
 * own. Under a backlog this keeps the work in step with the incidents, not with the requests.
 */
export function lastOfEach(alerts: readonly Alert[]): ReadonlySet<Alert> {
  const last = new Map<string, Alert>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.id, alert.rung, alert.severity, alert.status]);
    const before = last.get(key);
    if (!before || before.revision <= alert.revision) last.set(key, alert);
  }
  return new Set(last.values());
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
          const read = records.map((record) => {
            const text = Buffer.from(record.value ?? []).toString('utf8');
            return { record, text, found: alertOfFinding(text) };
          });
          const last = lastOfEach(read.flatMap(({ found }) => (found.ok && found.value ? [found.value] : [])));
          for (const { record, text, found } of read) {
            if (!found.ok) {
              const rejection = rejectionOf(topic, partition, record, found.error);
              await log.append([alertDeadLetter(parts.deadLetter, rejection)]);
              parts.onRejection(rejection);
            } else if (found.value) {
              if (last.has(found.value)) await responder.onAlert(found.value);
            } else {
              const campaign = campaignOfFinding(text);
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
