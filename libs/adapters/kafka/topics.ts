import type { Admin } from 'kafkajs';
import type { PartitionBounds, TopicSpec } from '#libs/ports/event-log.ts';
import { TopicMissingError } from '#libs/ports/event-log.ts';

/** Questions about topics and their making. Needs a connected admin client. */
export class KafkaTopics {
  readonly #admin: Admin;
  /** Topics that were seen to exist: asked for once, since every append wants to know. */
  readonly #known = new Set<string>();

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  async create(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    const there = new Set(await this.#admin.listTopics());
    const missing = specs.filter((spec) => !there.has(spec.name));
    if (missing.length === 0) return [];
    await this.#admin.createTopics({ topics: missing.map(toTopicConfig), waitForLeaders: true });
    return missing.map((spec) => spec.name);
  }

  async partitionCounts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
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
    const offsets = await this.#admin.fetchTopicOffsets(topic);
    return offsets
      .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  }
}

function toTopicConfig(spec: TopicSpec) {
  const configEntries = [{ name: 'cleanup.policy', value: spec.compacted ? 'compact' : 'delete' }];
  if (spec.retentionMs !== undefined) configEntries.push({ name: 'retention.ms', value: String(spec.retentionMs) });
  // -1: the cluster's own replication factor.
  return { topic: spec.name, numPartitions: spec.partitions, replicationFactor: -1, configEntries };
}
