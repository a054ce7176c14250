import { randomUUID } from 'node:crypto';
import { cloudEventHeaders } from '#libs/formats/cloud-events.ts';
import type { EventLog, NewRecord, TransactionalAppender } from '#libs/ports/event-log.ts';
import { FencedError } from '#libs/ports/event-log.ts';
import type { JournalEntry, Numbered, Opened } from './journal-entry.ts';
import { encodeEntry } from './journal-entry.ts';
import type { JournalTail } from './journal-tail.ts';

const RETRY_FIRST_MS = 100;
const RETRY_SLOWEST_MS = 5000;

export interface WriterParts {
  readonly log: EventLog;
  readonly tail: JournalTail;
  readonly journalTopic: string;
  readonly transactionalId: string;
  readonly partition: number;
  readonly partitions: number;
  readonly instance: string;
  readonly nowMs: () => number;
  readonly onUncertain: (error: unknown) => void;
}

/**
 * The only one that writes a partition's journal and what goes out with it. Being it is exclusive: whoever was it before is
 * fenced. An append whose end is not known (an answer got lost) is settled by becoming it anew and looking.
 */
export class PartitionWriter {
  readonly #parts: WriterParts;
  /** What the one before said when it took the partition; undefined where there was none. */
  readonly predecessor: Opened | undefined;
  #appender: TransactionalAppender;
  #nonce: string;
  /** This writer's tries to become it anew since it last was. Some may stand in the journal, their answers having got lost. */
  readonly #tries: Tries = new Map();
  /** Number of the last journal entry known to be written. */
  #seq = 0;
  #closed = false;

  private constructor(parts: WriterParts, taken: Taken) {
    this.#parts = parts;
    this.#appender = taken.appender;
    this.#nonce = taken.nonce;
    this.predecessor = taken.predecessor;
  }

  /** Takes the partition: when it resolves, no predecessor can write and the tail knows everything they wrote. */
  static async open(parts: WriterParts): Promise<PartitionWriter> {
    return new PartitionWriter(parts, await takeOver(parts));
  }

  /** To be told once the journal was read: numbers go on after this one. */
  startAfter(seq: number): void {
    this.#seq = seq;
  }

  get nextSeq(): number {
    return this.#seq + 1;
  }

  /**
   * Writes records and the journal entries that name them, all or nothing, and not twice. The entries are numbered on from
   * {@link nextSeq}. Errors: {@link FencedError} when another instance has the partition now; the journal's own when it is no
   * longer read, for what was written can then not be known any more.
   */
  async write(entries: readonly Numbered[], records: readonly NewRecord[] = []): Promise<void> {
    const all = [...records, ...entries.map((entry) => journalRecord(this.#parts, entry))];
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_SLOWEST_MS)) {
      try {
        await this.#appender.append(all);
        break;
      } catch (error) {
        if (error instanceof FencedError) throw error;
        this.#parts.onUncertain(error);
        if (await this.#wasWritten(entries.at(-1)!.seq, delayMs)) break;
      }
    }
    this.#seq = entries.at(-1)!.seq;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#appender.close();
  }

  /** Becomes the writer anew, which ends the open transaction one way or the other, and looks for the entry. */
  async #wasWritten(seq: number, delayMs: number): Promise<boolean> {
    for (let waitMs = delayMs; ; waitMs = Math.min(waitMs * 2, RETRY_SLOWEST_MS)) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (this.#closed) throw new FencedError(this.#parts.transactionalId);
      if (this.#parts.tail.ended) throw this.#parts.tail.ended;
      try {
        await this.#appender.close().catch(() => {});
        const taken = await takeOver(this.#parts, this.#tries);
        this.#appender = taken.appender;
        let before = taken.predecessor;
        while (before && this.#tries.has(before.nonce)) before = await this.#tries.get(before.nonce);
        // Somebody had it in between: it is theirs by right, so this one gives way.
        if (before?.nonce !== this.#nonce) throw new FencedError(this.#parts.transactionalId);
        this.#nonce = taken.nonce;
        this.#tries.clear();
        break;
      } catch (error) {
        if (error instanceof FencedError) throw error;
        this.#parts.onUncertain(error);
      }
    }
    const lastSeq = this.#parts.tail.after(this.#parts.partition, seq - 1)?.lastSeq ?? seq;
    return lastSeq >= seq;
  }
}

interface Taken {
  readonly appender: TransactionalAppender;
  readonly nonce: string;
  readonly predecessor: Opened | undefined;
}

/** Entries that were to say who has the partition now, by nonce: each with what it found before it, once it was read. */
type Tries = Map<string, Promise<Opened | undefined>>;

async function takeOver(parts: WriterParts, tries: Tries = new Map()): Promise<Taken> {
  const appender = await parts.log.openTransactional(parts.transactionalId);
  const nonce = randomUUID();
  const seen = parts.tail.expect(parts.partition, nonce);
  tries.set(nonce, seen);
  const { instance, partitions } = parts;
  const opened = { kind: 'opened', nonce, instance, partitions, timeMs: parts.nowMs() } as const;
  try {
    await appender.append([journalRecord(parts, opened)]);
    return { appender, nonce, predecessor: await seen };
  } catch (error) {
    await appender.close().catch(() => {});
    throw error;
  }
}

const journalRecord = ({ journalTopic, partition, nowMs }: WriterParts, entry: JournalEntry): NewRecord => ({
  topic: journalTopic,
  key: String(partition),
  partition,
  value: encodeEntry(entry),
  headers: cloudEventHeaders({
    id: `${partition}/${entry.kind === 'opened' ? entry.nonce : entry.seq}`,
    source: '/vigie/detector',
    type: 'vigie.journal',
    timeMs: nowMs(),
  }),
});
