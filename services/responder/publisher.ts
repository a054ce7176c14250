import { cloudEventHeaders } from '#libs/formats/cloud-events.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import type { OutboundRecord } from '#libs/ports/store.ts';

const SOURCE = '/vigie/responder';

/**
 * Writes the responder's records to their topics, keyed, with CloudEvents headers. A record given twice is written twice
 * under the same `ce_id`.
 *
 * @param prefix of the topics' names: `vigie` makes `vigie.actions`
 */
export function createPublisher(log: EventLog, prefix: string): (record: OutboundRecord) => Promise<void> {
  return async ({ id, topic, key, type, timeMs, body }) => {
    await log.append([
      {
        topic: `${prefix}.${topic}`,
        key,
        value: Buffer.from(body),
        headers: cloudEventHeaders({ id, source: SOURCE, type, timeMs }),
        timeMs,
      },
    ]);
  };
}
