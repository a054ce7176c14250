/** A topic of access events as the source of a replay. */
import type { KafkaConnection } from '#libs/adapters/kafka/connection.ts';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { Decoder } from '#libs/intake/index.ts';
import { ACCESS_EVENT_FORMAT, createDecoder, createPseudonymiser, PUBLIC_REPLAY_KEY } from '#libs/intake/index.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { TopicMissingError } from '#libs/ports/event-log.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { parseKafkaAddress } from '#services/config/kafka-address.ts';
import { kafkaSignIn } from '#services/config/kafka-sign-in.ts';
import type { Replay } from './replay.ts';
import type { FoldOptions } from './sources.ts';

export interface TopicSource {
  readonly connection: KafkaConnection;
  readonly topic: string;
  /** Records that came from `fromMs` on and before `toMs`, ms since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface OptionsInTheWay {
  readonly labels?: string;
  readonly containment: 'simulate' | 'off';
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly baselineOut?: string;
  readonly config?: string;
}

/**
 * The topic that is to be replayed; undefined where the sources are files.
 * @throws CommandFailure: usage, where the address or what is asked of it will not do
 */
export function kafkaSource(paths: readonly string[], options: OptionsInTheWay): TopicSource | undefined {
  const [path] = paths;
  if (!paths.some((p) => p.startsWith('kafka://'))) {
    if (options.config === undefined) return undefined;
    throw new CommandFailure('--config says how to sign in to Kafka; there is no kafka:// source', EXIT.usage);
  }
  if (path === undefined || paths.length > 1) {
    throw new CommandFailure('a Kafka topic is replayed alone, not with other sources', EXIT.usage);
  }
  const address = parseKafkaAddress(path);
  if (!address.ok) throw new CommandFailure(address.error, EXIT.usage);
  const { brokers, topic, options: asked } = address.value;
  for (const name of asked.keys()) {
    if (name !== 'from' && name !== 'to')
      throw new CommandFailure(`${path}: only from and to can be given`, EXIT.usage);
  }
  const inTheWay = [
    ['--labels', options.labels],
    ['--containment simulate', options.containment === 'simulate' ? true : undefined],
    ['--checkpoint', options.checkpoint],
    ['--resume', options.resume],
    ['--baseline-out', options.baselineOut],
  ].find(([, value]) => value !== undefined);
  if (inTheWay) {
    throw new CommandFailure(
      `${inTheWay[0]} needs one log in order; partitions of a topic are folded one by one, as live`,
      EXIT.usage,
    );
  }
  return {
    connection: { ...kafkaSignIn(options.config), brokers, clientId: 'vigie-replay' },
    topic,
    fromMs: timeOption(path, 'from', asked.get('from')) ?? Number.NEGATIVE_INFINITY,
    toMs: timeOption(path, 'to', asked.get('to')) ?? Number.POSITIVE_INFINITY,
  };
}

function timeOption(path: string, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d(T.+)?$/.test(text) && Number.isFinite(ms)) return ms;
  throw new CommandFailure(`${path}: ${name} is a date or time such as 2026-03-01 or 2026-03-01T08:00:00Z`, EXIT.usage);
}

/** Folds the topic as it stands now. @throws CommandFailure where it cannot be read */
export async function foldKafka(replay: Replay, source: TopicSource, options: FoldOptions): Promise<void> {
  const { connection, topic } = source;
  const { brokers } = connection;
  try {
    const log = await openKafkaLog(connection);
    try {
      await foldTopic(replay, log, source, options);
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    if (error instanceof TopicMissingError)
      throw new CommandFailure(`Kafka at ${brokers.join(', ')}: no topic ${topic}`);
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`Kafka at ${brokers.join(', ')}: ${why}`);
  }
}

/** One partition after the other, each with a state of its own, up to the end as it stood at the start. */
export async function foldTopic(
  replay: Replay,
  log: EventLog,
  { topic, fromMs, toMs }: Omit<TopicSource, 'connection'>,
  { format, key = PUBLIC_REPLAY_KEY, signal, onProgress }: FoldOptions,
): Promise<void> {
  const bounds = await log.bounds(topic);
  const all = bounds.reduce((sum, { first, end }) => sum + end - first, 0);
  const decoder: Decoder = createDecoder({
    pseudonymiser: createPseudonymiser(key),
    format: format === 'auto' ? ACCESS_EVENT_FORMAT : format,
  });
  let before = 0;
  for (const { partition, first, end } of bounds) {
    replay.beginPartition();
    decoder.startSource();
    const place = `${topic}/${partition}`;
    const request = { topic, from: new Map([[partition, first]]), until: new Map([[partition, end]]), signal };
    for await (const batch of log.read(request)) {
      for (const record of batch.records) {
        if (record.arrivalMs >= fromMs && record.arrivalMs < toMs) replay.takeLogRecord(place, record, decoder);
      }
      onProgress(before + batch.next - first, all);
    }
    if (signal.aborted) return;
    before += end - first;
  }
}
