/**
 * Looks for campaigns over the signals of all partitions. One correlator works at a time: the newest fences the one before.
 * What is found does not depend on how partitions interleave: a quarter of an hour is closed once the clock of every partition
 * has passed it. A campaign's revision has a deterministic id and goes out in a transaction, and whoever takes over first reads
 * which are out, so that each stands on the topic once.
 */
import { assert } from '#libs/base/assert.ts';
import { closeCampaigns, createCampaignState, foldSignal } from '#libs/decide/campaign/index.ts';
import { cloudEventHeaders } from '#libs/formats/cloud-events.ts';
import type { OcsfSource } from '#libs/formats/ocsf/index.ts';
import { campaignFinding } from '#libs/formats/ocsf/index.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { Signal } from '#libs/model/signal.ts';
import type { CheckpointStore } from '#libs/ports/checkpoints.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { EventLog, LogRecord, NewRecord, TransactionalAppender } from '#libs/ports/event-log.ts';
import { TopicMissingError } from '#libs/ports/event-log.ts';
import type { PartitionMark } from '#services/detector/outgoing.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import type { Correlation } from './checkpoint.ts';
import { decodeCorrelation, encodeCorrelation } from './checkpoint.ts';
import { advanceClock, createClocks, watermark } from './watermark.ts';

const CHECKPOINTS_KEPT = 3;
const CAMPAIGN_TYPE = 'vigie.campaign';

export interface CorrelatorEvents {
  /** @param missing signal records that retention took before they were read */
  opened(e: { readonly fromCheckpoint: boolean; readonly missing: number; readonly published: number }): void;
  batchTaken(e: { readonly signals: number; readonly watermarkMs: number }): void;
  campaignPublished(e: { readonly kind: Campaign['kind']; readonly revision: number; readonly accounts: number }): void;
}

export interface CorrelatorParts {
  readonly log: EventLog;
  readonly topics: Pick<TopicNames, 'signals' | 'alerts'>;
  readonly transactionalId: string;
  readonly checkpoints: CheckpointStore;
  readonly checkpointEveryMs: number;
  readonly source: OcsfSource;
  readonly clock: Clock;
  readonly events: CorrelatorEvents;
  /** It has ended by itself: another one has taken over, or the log cannot be read or written. */
  readonly failed: (error: Error) => void;
}

export interface Correlator {
  stop(): Promise<void>;
}

/** Takes over from whoever was it before and goes on where that one put its state down. */
export async function startCorrelator(parts: CorrelatorParts): Promise<Correlator> {
  const { log, topics, transactionalId, events } = parts;
  const counts = await log.partitionCounts([topics.signals, topics.alerts]);
  for (const name of [topics.signals, topics.alerts]) if (!counts.has(name)) throw new TopicMissingError(name);
  const appender = await log.openTransactional(transactionalId);
  try {
    const published = await publishedCampaigns(log, topics.alerts);
    const { correlation, fromCheckpoint } = await newestState(parts.checkpoints, counts.get(topics.signals)!);
    let missing = 0;
    for (const { partition, first } of await log.bounds(topics.signals)) {
      const wanted = correlation.next[partition]!;
      if (fromCheckpoint) missing += Math.max(0, first - wanted);
      correlation.next[partition] = Math.max(first, wanted);
    }
    events.opened({ fromCheckpoint, missing, published: published.size });
    return new RunningCorrelator(parts, appender, correlation, published);
  } catch (error) {
    await appender.close();
    throw error;
  }
}

/** Ids of the campaign revisions that are out. */
async function publishedCampaigns(log: EventLog, topic: string): Promise<Set<string>> {
  const published = new Set<string>();
  const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.first]));
  for await (const { records } of log.read({ topic, from })) {
    for (const { headers } of records) {
      if (headers.get('ce_type') === CAMPAIGN_TYPE) published.add(headers.get('ce_id') ?? '');
    }
  }
  return published;
}

async function newestState(checkpoints: CheckpointStore, partitions: number) {
  for (const at of await checkpoints.list(0)) {
    const bytes = await checkpoints.get(0, at);
    const correlation = bytes && decodeCorrelation(bytes, partitions);
    if (correlation) return { correlation, fromCheckpoint: true };
  }
  const next = Array.from({ length: partitions }, () => 0);
  const correlation: Correlation = { campaigns: createCampaignState(), clocks: createClocks(partitions), next };
  return { correlation, fromCheckpoint: false };
}

class RunningCorrelator implements Correlator {
  readonly #parts: CorrelatorParts;
  readonly #appender: TransactionalAppender;
  readonly #correlation: Correlation;
  readonly #published: Set<string>;
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;
  #checkpointedMs: number;
  #checkpointedAt = -1;

  constructor(parts: CorrelatorParts, appender: TransactionalAppender, state: Correlation, published: Set<string>) {
    this.#parts = parts;
    this.#appender = appender;
    this.#correlation = state;
    this.#published = published;
    this.#checkpointedMs = parts.clock.nowMs();
    this.#reading = this.#read().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) parts.failed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
    await this.#appender.close();
  }

  async #read(): Promise<void> {
    const { log, topics, events, clock, checkpointEveryMs } = this.#parts;
    const { next, clocks, campaigns } = this.#correlation;
    const from = new Map(next.map((offset, partition) => [partition, offset]));
    const request = { topic: topics.signals, from, follow: true, signal: this.#stop.signal };
    for await (const batch of log.read(request)) {
      let signals = 0;
      for (const record of batch.records) signals += this.#takeAll(batch.partition, record);
      next[batch.partition] = batch.next;
      const watermarkMs = watermark(clocks);
      if (watermarkMs > 0) {
        // The first quarter is that of the first event, whichever partition it is in and whichever is read first.
        const first = campaigns.closedMs === 0 ? closeCampaigns(campaigns, Math.min(clocks.firstMs, watermarkMs)) : [];
        await this.#publish([...first, ...closeCampaigns(campaigns, watermarkMs)]);
      }
      events.batchTaken({ signals, watermarkMs });
      if (clock.nowMs() - this.#checkpointedMs >= checkpointEveryMs) await this.#checkpoint();
    }
    await this.#checkpoint();
  }

  /** Takes the signals of a record; returns how many they are. */
  #takeAll(partition: number, { value }: LogRecord): number {
    assert(value !== null, 'a record of signals has no content');
    const signals = JSON.parse(Buffer.from(value).toString('utf8')) as readonly (Signal | PartitionMark)[];
    for (const signal of signals) this.#take(partition, signal);
    return signals.length;
  }

  #take(partition: number, signal: Signal | PartitionMark): void {
    const { clocks, campaigns } = this.#correlation;
    if (signal.signal === 'rest') {
      clocks.resting[partition] = true;
      return;
    }
    advanceClock(clocks, partition, signal.timeMs);
    if (signal.signal !== 'clock') foldSignal(campaigns, signal);
  }

  async #publish(campaigns: readonly Campaign[]): Promise<void> {
    const { topics, source, events } = this.#parts;
    const fresh = campaigns.filter((campaign) => !this.#published.has(idOf(campaign)));
    if (fresh.length === 0) return;
    await this.#appender.append(fresh.map((campaign) => campaignRecord(topics.alerts, campaign, source)));
    for (const campaign of fresh) {
      this.#published.add(idOf(campaign));
      events.campaignPublished({
        kind: campaign.kind,
        revision: campaign.revision,
        accounts: campaign.members.length,
      });
    }
  }

  /** Puts the state down: whoever comes next need not fold all signals again, which retention may have taken. */
  async #checkpoint(): Promise<void> {
    const { checkpoints, clock } = this.#parts;
    const at = this.#correlation.next.reduce((sum, offset) => sum + offset, 0);
    this.#checkpointedMs = clock.nowMs();
    if (at === this.#checkpointedAt) return;
    await checkpoints.put(0, at, encodeCorrelation(this.#correlation), CHECKPOINTS_KEPT);
    this.#checkpointedAt = at;
  }
}

const idOf = (campaign: Campaign): string => `${campaign.id}:${campaign.revision}`;

const campaignRecord = (topic: string, campaign: Campaign, source: OcsfSource): NewRecord => ({
  topic,
  key: campaign.id,
  value: Buffer.from(JSON.stringify(campaignFinding(campaign, source)), 'utf8'),
  headers: cloudEventHeaders({
    id: idOf(campaign),
    source: '/vigie/correlator',
    type: CAMPAIGN_TYPE,
    timeMs: campaign.timeMs,
  }),
});
