/**
 * Cuts a stream of bytes into lines without making a string or a copy of any: a batch points into the chunk it came
 * from. Memory is bounded by one chunk and one line: what is longer than `maxLineBytes` is counted and thrown away while
 * it streams past, however long it gets.
 */

export interface LongLine {
  /** 1-based. */
  readonly line: number;
  readonly bytes: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const TAB = 9;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

export class LineSplitter {
  /** Lines of the last call: `buffer[starts[i], ends[i])` is line number `lines[i]`, for `i < count`. */
  buffer: Buffer = Buffer.alloc(0);
  starts = new Int32Array(1024);
  ends = new Int32Array(1024);
  lines = new Float64Array(1024);
  count = 0;
  /** Lines of the last call that were too long. */
  longLines: LongLine[] = [];

  readonly #maxLineBytes: number;
  /** Beginning of a line whose end has not come yet. */
  #carry: Buffer = Buffer.alloc(0);
  /** Bytes thrown away of a line that is too long and whose end has not come yet; 0 where there is none. */
  #discarded = 0;
  #line = 1;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Number of the line that would come next; where the last one is incomplete, its number. */
  get line(): number {
    return this.#line;
  }

  /** True where bytes of a line without end have come. */
  get insideLine(): boolean {
    return this.#carry.length > 0 || this.#discarded > 0;
  }

  /** Finds the lines that end in `chunk`; it must stay as it is while the result is used. */
  push(chunk: Buffer): void {
    this.#reset();
    let from = 0;
    if (this.#discarded > 0) {
      const end = chunk.indexOf(LINE_FEED);
      if (end < 0) {
        this.#discarded += chunk.length;
        return;
      }
      this.#endDiscarded(end);
      from = end + 1;
    }
    if (this.#carry.length > 0) {
      this.buffer = Buffer.concat([this.#carry, chunk]);
      this.#carry = Buffer.alloc(0);
    } else {
      this.buffer = chunk;
    }
    const buffer = this.buffer;
    for (let end = buffer.indexOf(LINE_FEED, from); end >= 0; end = buffer.indexOf(LINE_FEED, from)) {
      this.#add(from, end);
      from = end + 1;
    }
    // One byte more than the limit, because a carriage return at the end does not count.
    if (buffer.length - from > this.#maxLineBytes + BYTE_ORDER_MARK.length + 1) this.#discarded = buffer.length - from;
    else if (from < buffer.length) this.#carry = Buffer.from(buffer.subarray(from));
  }

  /** The input is over: takes the last line, which needs no line end, unless `dropIncomplete`. */
  finish(dropIncomplete = false): void {
    this.#reset();
    if (this.#discarded > 0) {
      this.#endDiscarded(0);
    } else if (this.#carry.length > 0 && !dropIncomplete) {
      this.buffer = this.#carry;
      this.#add(0, this.buffer.length);
    }
    this.#carry = Buffer.alloc(0);
  }

  #reset(): void {
    this.count = 0;
    if (this.longLines.length > 0) this.longLines = [];
  }

  #endDiscarded(more: number): void {
    this.longLines.push({ line: this.#line++, bytes: this.#discarded + more });
    this.#discarded = 0;
  }

  #add(start: number, end: number): void {
    const buffer = this.buffer;
    const line = this.#line++;
    if (line === 1 && BYTE_ORDER_MARK.every((byte, i) => buffer[start + i] === byte)) start += BYTE_ORDER_MARK.length;
    if (end > start && buffer[end - 1] === CARRIAGE_RETURN) end--;
    if (end - start > this.#maxLineBytes) {
      this.longLines.push({ line, bytes: end - start });
      return;
    }
    let first = start;
    while (first < end && (buffer[first] === SPACE || buffer[first] === TAB)) first++;
    if (first >= end) return;
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.lines[this.count++] = line;
  }

  #grow(): void {
    const capacity = this.count * 2;
    const { starts, ends, lines } = this;
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.lines = new Float64Array(capacity);
    this.starts.set(starts);
    this.ends.set(ends);
    this.lines.set(lines);
  }
}
