import type { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import { MAX_RECENT_LOOKUPS } from './limits.ts';

/**
 * The latest new look-ups in order of arrival, each linked to the one before of the same account-channel: what an alert
 * needs to say how many people were exposed since its estimated start, and at which insurers. A ring that grows up to a
 * declared limit; what falls out is counted.
 */
export class RecentLookups {
  minute = new Uint32Array(INITIAL);
  people = new Uint32Array(INITIAL);
  insurer = new Uint16Array(INITIAL);
  previous = new Uint32Array(INITIAL);
  /** Sequence number of the next entry; the first is 1, 0 means none. */
  next = 1;
  forgotten = 0;

  /** Adds an entry and returns its sequence number. `previous` is the row's latest entry so far (0: none). */
  add(minute: number, insurer: number, people: number, previous: number): number {
    const capacity = this.minute.length;
    if (this.next > capacity) {
      const oldest = this.minute[(this.next - capacity) % capacity]!;
      if (minute - oldest < KEEP_MINUTES) {
        if (capacity < MAX_RECENT_LOOKUPS) this.#grow();
        else this.forgotten++;
      }
    }
    const i = this.next % this.minute.length;
    this.minute[i] = minute;
    this.insurer[i] = insurer;
    this.people[i] = people;
    this.previous[i] = previous;
    return this.next++;
  }

  /** Whether the entry with this sequence number is still held. */
  holds(sequence: number): boolean {
    return sequence > 0 && sequence < this.next && this.next - sequence <= this.minute.length;
  }

  get bytes(): number {
    return this.minute.byteLength + this.people.byteLength + this.insurer.byteLength + this.previous.byteLength;
  }

  save(writer: SnapshotWriter): void {
    writer.number(this.next);
    writer.number(this.forgotten);
    writer.array(this.minute);
    writer.array(this.people);
    writer.array(this.insurer);
    writer.array(this.previous);
  }

  load(reader: SnapshotReader): void {
    this.next = reader.number();
    this.forgotten = reader.number();
    this.minute = reader.array(Uint32Array);
    this.people = reader.array(Uint32Array);
    this.insurer = reader.array(Uint16Array);
    this.previous = reader.array(Uint32Array);
  }

  #grow(): void {
    const from = this.minute.length;
    const to = from * 2;
    const old = [this.minute, this.people, this.insurer, this.previous] as const;
    this.minute = new Uint32Array(to);
    this.people = new Uint32Array(to);
    this.insurer = new Uint16Array(to);
    this.previous = new Uint32Array(to);
    for (let sequence = this.next - from; sequence < this.next; sequence++) {
      const i = sequence % from;
      const j = sequence % to;
      this.minute[j] = old[0][i]!;
      this.people[j] = old[1][i]!;
      this.insurer[j] = old[2][i]!;
      this.previous[j] = old[3][i]!;
    }
  }
}

const INITIAL = 4096;
const KEEP_MINUTES = 14 * 1440;
