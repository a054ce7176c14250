import type { Pseudonymiser } from '#libs/intake/index.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { CheckpointStore } from '#libs/ports/checkpoints.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import type { CheckpointHead } from './checkpoint.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import type { DetectorEvents } from './events.ts';
import type { FirstState } from './first-state.ts';
import { firstState } from './first-state.ts';
import type { Numbered, PolicyTaken } from './journal-entry.ts';
import { decodeEntry } from './journal-entry.ts';
import type { JournalTail } from './journal-tail.ts';
import type { FoldStart } from './partition-fold.ts';
import type { PartitionWriter } from './partition-writer.ts';
import type { TopicNames } from './topics.ts';

/** Something outside has changed so that going on would give wrong results: a person has to decide. */
export class PartitionRefused extends Error {
  override readonly name = 'PartitionRefused';
}

export interface OpenParts {
  readonly log: EventLog;
  readonly tail: JournalTail;
  readonly topics: TopicNames;
  readonly partition: number;
  readonly partitions: number;
  readonly policy: DetectionPolicy;
  /** What the partition begins with where nobody has folded it before. */
  readonly firstState: FirstState | undefined;
  readonly keyId: Pseudonymiser['keyId'];
  readonly checkpoints: CheckpointStore;
  readonly writer: PartitionWriter;
  readonly events: DetectorEvents;
}

/**
 * Finds where the fold of a partition starts: the newest checkpoint that can be trusted, or the beginning of the log, with
 * what the journal says was done since. Errors: {@link PartitionRefused} when the log is not the one the state was made from.
 */
export async function findStart(parts: OpenParts): Promise<FoldStart> {
  const { log, topics, partition, partitions, writer, events } = parts;
  const before = writer.predecessor?.partitions ?? partitions;
  if (before !== partitions) throw partitionsChanged(topics.access, before, partitions);
  const bounds = (await log.bounds(topics.access)).find((b) => b.partition === partition)!;
  const found = await newestCheckpoint(parts);
  const journalSeq = found?.head.journalSeq ?? 0;
  const known = parts.tail.after(partition, journalSeq);
  const journal = known?.entries ?? (await readJournal(log, topics.journal, partition, journalSeq));
  const offset = found?.head.offset ?? 0;
  if (offset > bounds.end) {
    throw new PartitionRefused(
      `${topics.access}/${partition} ends at ${bounds.end}, but a checkpoint was taken at ${offset}: the topic was made anew. ` +
        'Give the detector a prefix of its own for it, or restore the topic.',
    );
  }
  const next = Math.max(offset, bounds.first);
  const firstEntry = journal.find((entry) => entry.kind === 'policy');
  const start = found
    ? { state: found.state, policy: found.head.policy, controlsNext: found.head.controlsNext }
    : { ...begin(parts, firstEntry), controlsNext: 0 };
  const lastSeq = journal.at(-1)?.seq ?? journalSeq;
  const added: Numbered[] = [];
  const nextSeq = () => lastSeq + added.length + 1;
  if (found === undefined && firstEntry === undefined) {
    const began = parts.firstState && { state: parts.firstState.sha256 };
    added.push({ kind: 'policy', seq: nextSeq(), at: next, policy: start.policy, ...began });
  }
  // Without any state, what was gone before the detector first came is not missing.
  const missing = found !== undefined || journal.length > 0 ? next - offset : 0;
  if (missing > 0) {
    events.recordsMissing({ partition, missing });
    added.push({ kind: 'gap', seq: nextSeq(), at: next, missing });
  }
  if (added.length > 0) {
    writer.startAfter(lastSeq);
    await writer.write(added);
  }
  return { ...start, next, end: bounds.end, journalSeq, journal: [...journal, ...added] };
}

/** The state of a partition of which there is no checkpoint, as it was when it was first taken. */
function begin({ policy: own, firstState: given, topics, partition }: OpenParts, first: PolicyTaken | undefined) {
  const policy = first?.policy ?? own;
  const began = firstState(policy, given, first === undefined ? 'unknown' : first.state);
  if (began !== undefined) return { state: began.state, policy };
  throw new PartitionRefused(
    `${topics.access}/${partition} began from a baseline's state (SHA-256 ${first!.state}), and no checkpoint of it is left. ` +
      'Give the same baseline with its state, or start with a prefix of its own.',
  );
}

/** More (or fewer) partitions send accounts to other partitions, whose states have never met them. */
export function partitionsChanged(topic: string, before: number, now: number): PartitionRefused {
  return new PartitionRefused(
    `${topic} had ${before} partitions and has ${now} now: accounts would meet states that do not know them. ` +
      'Write to a new topic with the number of partitions wanted, and give the detector a prefix of its own for it.',
  );
}

async function newestCheckpoint(parts: OpenParts) {
  const { checkpoints, partition, events, topics } = parts;
  for (const at of await checkpoints.list(partition)) {
    const bytes = await checkpoints.get(partition, at);
    const decoded = bytes && (await decodeCheckpoint(bytes));
    const why = decoded === undefined ? 'damaged, or of another version' : refusal(decoded.head, parts);
    if (decoded !== undefined && why === undefined) return decoded;
    events.checkpointPassedOver({ partition, at, why: why ?? '' });
    if (decoded && decoded.head.keyId !== parts.keyId) {
      throw new PartitionRefused(
        `${topics.access}/${partition}: the state knows people under key "${decoded.head.keyId}", the key given is "${parts.keyId}". ` +
          'With another key everybody would be new. Give the old key, or start with a prefix of its own.',
      );
    }
  }
  return undefined;
}

function refusal(head: CheckpointHead, parts: OpenParts): string | undefined {
  if (head.topic !== parts.topics.access || head.partition !== parts.partition) return 'of another topic or partition';
  return head.keyId === parts.keyId ? undefined : 'made with another key';
}

/** The journal after entry `seq`, read again: for when all newer checkpoints are of no use. */
async function readJournal(log: EventLog, topic: string, partition: number, seq: number): Promise<Numbered[]> {
  const bounds = (await log.bounds(topic)).find((b) => b.partition === partition)!;
  const entries: Numbered[] = [];
  for await (const batch of log.read({ topic, from: new Map([[partition, bounds.first]]) })) {
    for (const record of batch.records) {
      const entry = decodeEntry(record.value);
      if (entry.kind !== 'opened' && entry.seq > seq) entries.push(entry);
    }
  }
  return entries;
}
