import type { Admin, PartitionMetadata } from 'kafkajs';
import type { PartitionBounds, TopicSpec } from '#libs/ports/event-log.ts';
import { TopicMissingError } from '#libs/ports/event-log.ts';

const ATTEMPTS = 5;
/** So long a partition may be without a leader: a broker that comes back, or one that others had taken for dead. */
const PATIENCE_MS = 30_000;

/** Questions about topics and their making. Needs a connected admin client. */
export class KafkaTopics {
  readonly #admin: Admin;
  /** Topics that were seen to exist: asked for once, since every append wants to know. */
  readonly #known = new Set<string>();
  /** One question after the other: asked side by side, the client mixes up what it knows of topics and their leaders. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  create(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    return this.#inTurn(() => this.#create(specs));
  }

  partitionCounts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#inTurn(() => this.#partitionCounts(names));
  }

  async #create(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    const there = new Set(await this.#admin.listTopics());
    const missing = specs.filter((spec) => !there.has(spec.name));
    if (missing.length === 0) return [];
    // The client's own wait for leaders ends with an error where a broker does not know of the topic yet.
    await this.#admin.createTopics({ topics: missing.map(toTopicConfig), waitForLeaders: false });
    const names = missing.map((spec) => spec.name);
    await patiently(async () => {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: names });
      if (!topics.every(({ partitions }) => partitions.every(isLed))) throw new LeaderAwaited(names);
    });
    return names;
  }

  async #partitionCounts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const there = new Set(await this.#admin.listTopics());
    const topics = names.filter((name) => there.has(name));
    if (topics.length === 0) return new Map();
    const metadata = await this.#admin.fetchTopicMetadata({ topics });
    return new Map(metadata.topics.map((topic) => [topic.name, topic.partitions.length]));
  }

  /** Throws {@link TopicMissingError} for the first of the topics that does not exist. */
  async mustExist(topics: Iterable<string>): Promise<void> {
    const unknown = [...new Set(topics)].filter((topic) => !this.#known.has(topic));
    if (unknown.length === 0) return;
    const counts = await this.partitionCounts(unknown);
    for (const topic of unknown) {
      if (!counts.has(topic)) throw new TopicMissingError(topic);
      this.#known.add(topic);
    }
  }

  async bounds(topic: string): Promise<readonly PartitionBounds[]> {
    await this.mustExist([topic]);
    const offsets = await this.#inTurn(() => patiently(() => this.#admin.fetchTopicOffsets(topic)));
    return offsets
      .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const turn = this.#asking.then(ask);
    this.#asking = turn.catch(() => {});
    return turn;
  }
}

/** Asks again for as long as the answer is one that passes. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const again = isTripped(error) ? attempt < ATTEMPTS : isPassing(error) && performance.now() < untilMs;
      if (!again) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(attempt * 50, 1000)));
    }
  }
}

/** While it learns of a topic's leaders the client may trip over its own missing answer; what it asks next is whole. */
const isTripped = (error: unknown): boolean =>
  error instanceof Error &&
  ((error.cause ?? error) instanceof TypeError || error.message.startsWith('Cannot destructure'));

/** The broker itself says that it will be different soon; the client asks again for a few of these errors only. */
const isPassing = (error: unknown): boolean => (error as { retriable?: unknown }).retriable === true;

const isLed = ({ leader, partitionErrorCode }: PartitionMetadata): boolean => leader >= 0 && partitionErrorCode === 0;

class LeaderAwaited extends Error {
  readonly retriable = true;
  constructor(topics: readonly string[]) {
    super(`${topics.join(', ')}: partitions have no leader yet`);
  }
}

function toTopicConfig(spec: TopicSpec) {
  const configEntries = [{ name: 'cleanup.policy', value: spec.compacted ? 'compact' : 'delete' }];
  if (spec.retentionMs !== undefined) configEntries.push({ name: 'retention.ms', value: String(spec.retentionMs) });
  // -1: the cluster's own replication factor.
  return { topic: spec.name, numPartitions: spec.partitions, replicationFactor: -1, configEntries };
}
