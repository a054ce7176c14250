/** Taking a partition over: becoming its writer, finding where its fold starts, and taking what has come since. */
import type { Decoder } from '#libs/intake/index.ts';
import { NO_TRACER } from '#libs/telemetry/in-span.ts';
import type { CheckpointMemory } from './checkpoint.ts';
import type { ControlFeed } from './control-feed.ts';
import type { DetectorParts } from './detector.ts';
import { HeldPartition } from './held-partition.ts';
import type { JournalTail } from './journal-tail.ts';
import { findStart } from './open-partition.ts';
import { PartitionFold } from './partition-fold.ts';
import { PartitionWriter } from './partition-writer.ts';

export interface TakeParts extends DetectorParts {
  readonly tail: JournalTail;
  readonly controls: ControlFeed;
  readonly decoder: Decoder;
  readonly memory: CheckpointMemory;
  readonly partition: number;
  readonly partitions: number;
  readonly commit: (partition: number, offset: number) => Promise<void>;
}

export interface TakenPartition {
  readonly held: HeldPartition;
  /** Offset of the first record wanted. */
  readonly next: number;
  /** Whether it begins with a checkpoint. */
  readonly checkpoint: boolean;
  /** Records whose outputs are out already and that are folded again. */
  readonly toRedo: number;
}

/**
 * Takes the partition: when it resolves, nobody who had it before can write. Where it rejects, nothing of the try is left
 * behind, and it may be tried again. Errors: those of {@link findStart}, FencedError where another was faster, the log's own.
 */
export async function takePartition(parts: TakeParts): Promise<TakenPartition> {
  const { log, topics, group, instance, partition, events, clock, pseudonymiser } = parts;
  const nowMs = () => clock.nowMs();
  const writer = await PartitionWriter.open({
    ...parts,
    journalTopic: topics.journal,
    transactionalId: `${group}.${topics.access}.${partition}`,
    instance,
    nowMs,
    onUncertain: (error) => events.writeUncertain({ partition, error }),
  });
  try {
    const { keyId } = pseudonymiser;
    const start = await findStart({ ...parts, log, firstState: parts.firstState, keyId, writer });
    const fold = new PartitionFold({ ...parts, writer, nowMs }, start);
    const spans = { tracer: parts.tracer ?? NO_TRACER };
    const held = new HeldPartition(
      { ...parts, topic: topics.access, keyId, fold, writer, nowMs, spans },
      start.journalSeq === 0 ? -1 : start.next,
      start.next >= start.end,
    );
    await held.settle();
    return { held, next: start.next, checkpoint: start.journalSeq > 0, toRedo: fold.toRedo };
  } catch (error) {
    await writer.close().catch(() => {});
    throw error;
  }
}
