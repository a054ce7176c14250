import type { Random } from './random.ts';

const BLOCK_BYTES = 32 * 1024 * 1024;

/** Some hundred megabytes of lines with their times, to be put in order once all are there; outside of the heap. */
export class LineStore {
  readonly #blocks: Buffer[] = [];
  #used = BLOCK_BYTES;
  readonly #timesMs: number[] = [];
  readonly #accounts: string[] = [];
  /** Block and offset as one number. */
  readonly #places: number[] = [];
  readonly #lengths: number[] = [];

  get count(): number {
    return this.#timesMs.length;
  }

  add(timeMs: number, account: string, line: string): void {
    const text = Buffer.from(`${line}\n`);
    if (this.#used + text.length > BLOCK_BYTES) {
      this.#blocks.push(Buffer.allocUnsafe(BLOCK_BYTES));
      this.#used = 0;
    }
    text.copy(this.#blocks.at(-1)!, this.#used);
    this.#timesMs.push(timeMs);
    this.#accounts.push(account);
    this.#places.push((this.#blocks.length - 1) * BLOCK_BYTES + this.#used);
    this.#lengths.push(text.length);
    this.#used += text.length;
  }

  /** Lets each line arrive late: by up to `upToMs`, one in fifty by some ten times that. What the lines say stays. */
  delay(random: Random, upToMs: number): void {
    for (let i = 0; i < this.count; i++) {
      this.#timesMs[i] += random.chance(0.02) ? random.exponential(upToMs * 10) : random.unit() * upToMs;
    }
  }

  /** All lines as they arrived, each with its end; or in order of minutes, and within each of accounts. */
  *inOrder(byMinute: boolean): Generator<Buffer> {
    const times = this.#timesMs;
    const accounts = this.#accounts;
    const order = Array.from(times, (_, i) => i);
    const minute = (i: number): number => Math.floor(times[i] / 60e3);
    if (byMinute) {
      order.sort((a, b) => minute(a) - minute(b) || compare(accounts[a], accounts[b]) || times[a] - times[b] || a - b);
    } else order.sort((a, b) => times[a] - times[b] || a - b);
    for (const i of order) {
      const offset = this.#places[i] % BLOCK_BYTES;
      yield this.#blocks[Math.floor(this.#places[i] / BLOCK_BYTES)].subarray(offset, offset + this.#lengths[i]);
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
