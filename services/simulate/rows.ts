/**
 * Events between being thought up and being written: columns of numbers, one block a day of arrival, so that days can
 * schedule billing for later days and the log still comes out in order. Memory is that of a day and of the billing ahead
 * of it, however long the run.
 */
import { assert } from '#libs/base/assert.ts';
import { DAY_MS } from './calendar.ts';
import type { Person } from './register.ts';
import type { Device, Network } from './sources.ts';

/** One event before it has text. One object is reused for writing, another for reading. */
export class Row {
  /** When the log gets it, ms since the epoch; this orders the log. */
  arrivalMs = 0;
  /** What the event says its time was. */
  timeMs = 0;
  account = 0;
  channel = 0;
  action = 0;
  outcome = 0;
  rows = 1;
  /** -1 where the event names nobody. */
  person: Person = -1;
  /** How the NIR was spoilt (people.ts), 0 not at all. */
  typo = 0;
  device: Device = 0;
  network: Network = 0;
  session = 0;
  /** With the account, names the event: a duplicate has the same. */
  sequence = 0;
  /** Index of the attack that made it, -1 none. Goes into labels only. */
  attack = -1;
}

const COLUMNS = 9;
const SORT_SHIFT = 2 ** 24;

class DayBlock {
  count = 0;
  arrival: Float64Array = new Float64Array(256);
  time: Float64Array = new Float64Array(256);
  numbers: Int32Array = new Int32Array(256 * COLUMNS);

  push(row: Row): void {
    if (this.count === this.arrival.length) this.#grow();
    const i = this.count++;
    this.arrival[i] = row.arrivalMs;
    this.time[i] = row.timeMs;
    const n = this.numbers;
    let at = i * COLUMNS;
    n[at++] = row.account;
    n[at++] = row.channel | (row.action << 1) | (row.outcome << 4) | (row.rows << 8);
    n[at++] = row.person;
    n[at++] = row.typo;
    n[at++] = row.device;
    n[at++] = row.network;
    n[at++] = row.session;
    n[at++] = row.sequence;
    n[at] = row.attack;
  }

  read(i: number, row: Row): Row {
    row.arrivalMs = this.arrival[i]!;
    row.timeMs = this.time[i]!;
    const n = this.numbers;
    let at = i * COLUMNS;
    row.account = n[at++]!;
    const packed = n[at++]!;
    row.channel = packed & 1;
    row.action = (packed >> 1) & 7;
    row.outcome = (packed >> 4) & 15;
    row.rows = packed >> 8;
    row.person = n[at++]!;
    row.typo = n[at++]!;
    row.device = n[at++]!;
    row.network = n[at++]!;
    row.session = n[at++]!;
    row.sequence = n[at++]!;
    row.attack = n[at]!;
    return row;
  }

  #grow(): void {
    const size = this.arrival.length * 2;
    const arrival = new Float64Array(size);
    arrival.set(this.arrival);
    this.arrival = arrival;
    const time = new Float64Array(size);
    time.set(this.time);
    this.time = time;
    const numbers = new Int32Array(size * COLUMNS);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}

/** Rows by day of arrival; a day is read once, in order, and is gone. */
export class RowCalendar {
  readonly #days = new Map<number, DayBlock>();
  /** Rows that would arrive on this day or later are past the end of the log and are not kept. */
  readonly #endDay: number;
  /** How many were not kept. */
  beyondEnd = 0;

  constructor(endDay: number) {
    this.#endDay = endDay;
  }

  push(row: Row): void {
    const day = Math.floor(row.arrivalMs / DAY_MS);
    if (day >= this.#endDay) {
      this.beyondEnd++;
      return;
    }
    let block = this.#days.get(day);
    if (block === undefined) {
      block = new DayBlock();
      this.#days.set(day, block);
    }
    block.push(row);
  }

  /** Yields the day's rows by arrival, ties in the order in which they were pushed; the same object each time. */
  *take(day: number): Generator<Row> {
    const block = this.#days.get(day);
    if (block === undefined) return;
    this.#days.delete(day);
    assert(block.count < SORT_SHIFT, 'more rows in one day than the sort key can hold');
    const keys = new Float64Array(block.count);
    const start = day * DAY_MS;
    for (let i = 0; i < block.count; i++) keys[i] = Math.floor(block.arrival[i]! - start) * SORT_SHIFT + i;
    keys.sort();
    const row = new Row();
    for (let i = 0; i < block.count; i++) yield block.read(keys[i]! % SORT_SHIFT, row);
  }
}
