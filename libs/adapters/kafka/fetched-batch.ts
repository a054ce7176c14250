/**
 * A fetched record batch as one message of the client. The client looks at each message it is given several times over, with a
 * big number made for each look; a batch is one message for it, and its records are made when somebody reads them: what waits in
 * a queue is bytes, not objects.
 */
import { assert } from '#libs/base/assert.ts';
import { giveBackMemory } from './answer-memory.ts';
import type { BatchHead, FetchedRecord } from './fetched-record.ts';
import { readRecords } from './fetched-record.ts';

export class FetchedBatch {
  /** Offset of the batch's last record, as the client compares it with the one it wants. */
  readonly offset: number;
  /** Nobody is to see what is in it: the mark of a transaction, what was aborted, or nothing. The client then goes on behind it. */
  readonly isControlRecord: boolean;
  readonly count: number;
  readonly #head: BatchHead;
  readonly #bytes: Buffer;
  #isGivenBack = false;

  /** @param bytes the records, uncompressed */
  constructor(head: BatchHead, bytes: Buffer, count: number, isHidden: boolean) {
    this.offset = head.lastOffset;
    this.isControlRecord = isHidden || count === 0;
    this.count = count;
    this.#head = head;
    this.#bytes = bytes;
  }

  /** Adds the records from offset `from` on. @throws RangeError where the bytes end in the middle of a record */
  read(from: number, into: FetchedRecord[]): void {
    assert(!this.#isGivenBack, 'a batch is read after its memory was given back');
    readRecords(this.#head, this.#bytes, this.count, from, into);
  }

  /** True where its records stand in that memory. */
  isIn({ buffer }: Buffer): boolean {
    return this.#bytes.buffer === buffer;
  }

  /** Says that nobody reads its records any more: their bytes will be others'. */
  giveBack(): void {
    if (!this.#isGivenBack) giveBackMemory(this.#bytes);
    this.#isGivenBack = true;
  }
}

interface AbortedTransaction {
  readonly producerId: string;
  /** Offset of its first record. */
  readonly firstOffset: number;
}

/**
 * Which batches of a fetch belong to transactions that were aborted, as the broker lists them: those of its producer from its
 * first record to its mark. To be asked batch after batch, in their order.
 */
export class AbortedTransactions {
  readonly #ahead: AbortedTransaction[];
  readonly #open = new Set<string>();

  constructor(listed: readonly AbortedTransaction[]) {
    this.#ahead = [...listed].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** True for a batch whose records nobody may see. @param isAbortMark the batch is the mark that ends an aborted transaction */
  covers({ producerId, lastOffset, inTransaction }: BatchHead, isAbortMark: boolean): boolean {
    while (this.#ahead.length > 0 && this.#ahead[0]!.firstOffset <= lastOffset) {
      this.#open.add(this.#ahead.shift()!.producerId);
    }
    if (isAbortMark) this.#open.delete(producerId);
    return inTransaction && this.#open.has(producerId);
  }
}
