import type { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import { Table64 } from '#libs/base/table64.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { PROFESSIONS } from '#libs/model/codes.ts';
import { DEPARTMENTS } from '#libs/model/departments.ts';

/** The accounts of a log and how long each was seen: what rates per account-month are counted over. */
export class AccountsSeen {
  readonly #index = new Table64(1);
  #ids: string[] = [];
  #first: number[] = [];
  #last: number[] = [];
  /** Accounts of each `profession/department`, for budgets that are a share of a group. */
  readonly #groups = new Map<string, number>();
  #groupOf: string[] = [];

  get size(): number {
    return this.#ids.length;
  }

  /** Counts one event; returns the account's number (0, 1, … in order of appearance). */
  see(event: AccessEvent): number {
    const { timeMs } = event;
    if (this.#index.insert(event.accountLo, event.accountHi)) {
      const number = this.#ids.length;
      this.#index.slots[this.#index.at] = number;
      this.#ids.push(event.accountId);
      this.#first.push(timeMs);
      this.#last.push(timeMs);
      const group = `${PROFESSIONS[event.profession]}/${DEPARTMENTS[event.accountDepartment]}`;
      this.#groupOf.push(group);
      this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
      return number;
    }
    const number = this.#index.slots[this.#index.at];
    if (timeMs > this.#last[number]) this.#last[number] = timeMs;
    else if (timeMs < this.#first[number]) this.#first[number] = timeMs;
    return number;
  }

  /** Accounts seen so far of one profession in one department. */
  groupSize(profession: string, department: string): number {
    return this.#groups.get(`${profession}/${department}`) ?? 0;
  }

  /** Id, first and last event time (ms) of every account, in order of appearance. */
  *spans(): Generator<{ readonly id: string; readonly firstMs: number; readonly lastMs: number }> {
    for (let i = 0; i < this.#ids.length; i++)
      yield { id: this.#ids[i], firstMs: this.#first[i], lastMs: this.#last[i] };
  }

  save(writer: SnapshotWriter): void {
    this.#index.save(writer);
    writer.json([this.#ids, this.#groupOf]);
    writer.array(Float64Array.from(this.#first));
    writer.array(Float64Array.from(this.#last));
  }

  load(reader: SnapshotReader): void {
    this.#index.load(reader);
    [this.#ids, this.#groupOf] = reader.json() as [string[], string[]];
    this.#first = [...reader.array(Float64Array)];
    this.#last = [...reader.array(Float64Array)];
    this.#groups.clear();
    for (const group of this.#groupOf) this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
  }
}
