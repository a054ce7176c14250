import { z } from 'zod';
import { isAccountId } from '#libs/model/account-id.ts';
import { RESTRICTIONS } from '#libs/model/action.ts';
import type { AccountRestriction } from '#libs/model/action-record.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { readLatest } from '#libs/ports/read-latest.ts';
import type { RestrictionList } from '#libs/ports/restrictions.ts';

/** A restriction as its topic has it. */
const published = z.object({
  account: z.string().refine(isAccountId),
  restriction: z.enum(RESTRICTIONS),
  since: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
  new_per_hour: z.number().int().min(0),
  action: z.string(),
  seq: z.number().int().min(1),
});

/** The restriction in a record's value; `undefined` where it is none. */
export function restrictionOfRecord(value: Uint8Array | null): AccountRestriction | undefined {
  try {
    const read = published.parse(JSON.parse(Buffer.from(value ?? []).toString('utf8')));
    return {
      accountId: read.account,
      restriction: read.restriction,
      sinceMs: Date.parse(read.since),
      untilMs: read.until === null ? 0 : Date.parse(read.until),
      newPerHour: read.new_per_hour,
      actionId: read.action,
      seq: read.seq,
    };
  } catch {
    return undefined;
  }
}

export interface RestrictionFeed {
  /** Resolves once `signal` is aborted; rejects where the topic cannot be read any further. */
  readonly following: Promise<void>;
}

/**
 * Fills the list from the compacted topic, and when it is filled goes on following it: what another responder decides is in
 * force here as soon as it is published. Resolves when the list is as the topic was at the start.
 *
 * @param onRejection told of a record that is no restriction, by its offset; it changes nothing
 */
export async function feedRestrictions(
  log: EventLog,
  topic: string,
  list: RestrictionList,
  signal: AbortSignal,
  onRejection: (offset: number) => void,
): Promise<RestrictionFeed> {
  const take = (record: { readonly offset: number; readonly value: Uint8Array | null }) => {
    const restriction = restrictionOfRecord(record.value);
    if (restriction) list.put(restriction);
    else onRejection(record.offset);
  };
  // Bounds first: what is written while the topic is read is read again, and changes nothing the second time.
  const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.end]));
  for (const record of (await readLatest(log, topic)).values()) take(record);
  const following = (async () => {
    for await (const { records } of log.read({ topic, from, follow: true, signal })) for (const r of records) take(r);
  })();
  return { following };
}
