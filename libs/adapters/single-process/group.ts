import type { ConsumeRequest, ConsumerHandler, Consuming, LogBatch } from '#libs/ports/event-log.ts';
import { shareOut } from './share-out.ts';

/** What a group needs of its log: the next batch at or after an offset, waiting for one until the signal is aborted. */
export type NextBatch = (
  topic: string,
  partition: number,
  from: number,
  maxRecords: number,
  signal: AbortSignal,
) => Promise<LogBatch | undefined>;

interface Held {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

interface Member {
  readonly handler: ConsumerHandler;
  readonly maxRecords: number;
  readonly held: Map<number, Held>;
}

/**
 * The members of one group in one process. Partitions are dealt round-robin whenever somebody joins or leaves; a partition
 * is given to its new holder only after the old one has finished its batch and was told that it lost it.
 */
export class Group {
  readonly #topic: string;
  readonly #partitions: number;
  readonly #nextBatch: NextBatch;
  readonly #members: Member[] = [];
  readonly #committed = new Map<number, number>();
  #rebalancing: Promise<void> = Promise.resolve();

  constructor(topic: string, partitions: number, nextBatch: NextBatch) {
    this.#topic = topic;
    this.#partitions = partitions;
    this.#nextBatch = nextBatch;
  }

  async join(request: ConsumeRequest): Promise<Consuming> {
    const member: Member = { handler: request.handler, maxRecords: request.maxRecords ?? 1000, held: new Map() };
    this.#members.push(member);
    await this.#rebalance();
    return {
      commit: async (partition, offset) => {
        this.#committed.set(partition, offset);
      },
      stop: () => this.#leave(member),
    };
  }

  async #leave(member: Member): Promise<void> {
    const at = this.#members.indexOf(member);
    if (at >= 0) this.#members.splice(at, 1);
    await this.#rebalance(member);
  }

  /** One rebalance after the other: each ends with the shares as they should be for the members of that moment. */
  #rebalance(leaving?: Member): Promise<void> {
    const turn = this.#rebalancing.then(async () => {
      // As they are now: whoever comes or goes meanwhile has a turn of their own.
      const members = [...this.#members];
      const shares = shareOut(this.#partitions, members.length);
      const losers: [Member, ReadonlySet<number>][] = members.map((m, i) => [m, new Set(shares[i])]);
      if (leaving) losers.push([leaving, new Set()]);
      await Promise.all(losers.map(([member, keep]) => this.#release(member, keep)));
      for (const [i, member] of members.entries()) {
        for (const partition of shares[i]!) if (!member.held.has(partition)) this.#give(member, partition);
      }
    });
    this.#rebalancing = turn.catch(() => {});
    return turn;
  }

  async #release(member: Member, keep: ReadonlySet<number>): Promise<void> {
    const lost = [...member.held].filter(([partition]) => !keep.has(partition));
    for (const [, held] of lost) held.stop.abort();
    await Promise.all(
      lost.map(async ([partition, held]) => {
        await held.done;
        member.held.delete(partition);
        await member.handler.revoked(partition);
      }),
    );
  }

  #give(member: Member, partition: number): void {
    const stop = new AbortController();
    const done = this.#run(member, partition, stop.signal).catch((error: unknown) => {
      // The member is told outside this partition's loop: it may answer by leaving, which waits for the loop to end.
      queueMicrotask(() => member.handler.failed(error instanceof Error ? error : new Error(String(error))));
    });
    member.held.set(partition, { stop, done });
  }

  async #run(member: Member, partition: number, signal: AbortSignal): Promise<void> {
    let from = await member.handler.assigned(partition);
    while (!signal.aborted) {
      const batch = await this.#nextBatch(this.#topic, partition, from, member.maxRecords, signal);
      if (batch === undefined) return;
      from = batch.next;
      if (batch.records.length > 0) await member.handler.batch(batch);
    }
  }
}
