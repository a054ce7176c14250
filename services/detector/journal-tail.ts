import type { EventLog } from '#libs/ports/event-log.ts';
import type { JournalEntry, Numbered, Opened } from './journal-entry.ts';
import { decodeEntry } from './journal-entry.ts';

/** Checkpoints of a partition whose entries are kept in memory; an older one makes the journal be read again. */
export const CHECKPOINTS_KEPT = 3;

interface PartitionTail {
  entries: Numbered[];
  checkpointSeqs: number[];
  lastOpened: Opened | undefined;
  /** Who waits for which nonce. */
  readonly nonces: Map<string, PromiseWithResolvers<Opened | undefined>>;
}

/**
 * Reads the journal of all partitions as it grows, whoever writes it, so that taking a partition over is a matter of
 * milliseconds. Only what follows the last checkpoints is held.
 */
export class JournalTail {
  readonly #log: EventLog;
  readonly #topic: string;
  readonly #stop = new AbortController();
  readonly #tails: PartitionTail[];
  readonly #failed: (error: Error) => void;
  #reading: Promise<void> = Promise.resolve();
  #ended: Error | undefined;

  constructor(log: EventLog, topic: string, partitions: number, failed: (error: Error) => void) {
    this.#log = log;
    this.#topic = topic;
    this.#failed = failed;
    this.#tails = Array.from({ length: partitions }, () => ({
      entries: [],
      checkpointSeqs: [],
      lastOpened: undefined,
      nonces: new Map(),
    }));
  }

  async start(): Promise<void> {
    const from = new Map((await this.#log.bounds(this.#topic)).map((b) => [b.partition, b.first]));
    this.#reading = this.#read(from).catch((error: unknown) => {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#giveUp(failure);
      this.#failed(failure);
    });
  }

  /** Ends the reading. Who still waits for an entry is told that it will not come. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
    this.#giveUp(new Error('the journal is no longer read'));
  }

  /**
   * Resolves once the `opened` entry with this nonce was read: what was written before it is then known. Gives the `opened`
   * entry before it, undefined where there was none.
   */
  expect(partition: number, nonce: string): Promise<Opened | undefined> {
    const seen = Promise.withResolvers<Opened | undefined>();
    // Whoever waits may have failed itself before it comes to wait.
    seen.promise.catch(() => {});
    if (this.#ended) seen.reject(this.#ended);
    else this.#tails[partition]!.nonces.set(nonce, seen);
    return seen.promise;
  }

  /** Why the journal is no longer read; undefined while it is. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /** Entries after number `seq`, and the last number of all; undefined where entries in between are no longer held. */
  after(
    partition: number,
    seq: number,
  ): { readonly entries: readonly Numbered[]; readonly lastSeq: number } | undefined {
    const { entries, checkpointSeqs } = this.#tails[partition]!;
    const lastSeq = entries.at(-1)?.seq ?? checkpointSeqs.at(-1) ?? 0;
    const later = entries.filter((entry) => entry.seq > seq);
    const first = later[0]?.seq ?? lastSeq + 1;
    return first === seq + 1 || seq > lastSeq ? { entries: later, lastSeq } : undefined;
  }

  #giveUp(why: Error): void {
    this.#ended ??= why;
    for (const { nonces } of this.#tails) {
      for (const waiting of nonces.values()) waiting.reject(why);
      nonces.clear();
    }
  }

  async #read(from: ReadonlyMap<number, number>): Promise<void> {
    const request = { topic: this.#topic, from, follow: true, signal: this.#stop.signal };
    for await (const batch of this.#log.read(request)) {
      for (const record of batch.records) this.#take(batch.partition, decodeEntry(record.value));
    }
  }

  #take(partition: number, entry: JournalEntry): void {
    const tail = this.#tails[partition]!;
    if (entry.kind === 'opened') {
      const predecessor = tail.lastOpened;
      tail.lastOpened = entry;
      tail.nonces.get(entry.nonce)?.resolve(predecessor);
      tail.nonces.delete(entry.nonce);
      return;
    }
    tail.entries.push(entry);
    if (entry.kind !== 'checkpoint') return;
    tail.checkpointSeqs.push(entry.seq);
    if (tail.checkpointSeqs.length <= CHECKPOINTS_KEPT) return;
    tail.checkpointSeqs.shift();
    const oldest = tail.checkpointSeqs[0]!;
    tail.entries = tail.entries.filter((kept) => kept.seq >= oldest);
  }
}
