import type { MissSignal, Signal } from '#libs/model/signal.ts';
import { LAG_DAYS, MAX_MISSES } from './limits.ts';
import { unitOf } from './source-book.ts';

/**
 * Numbers that nobody has, by the register of births (a bucket of them) that they would stand in. Those who share out a sweep
 * number by number miss in the same registers, wherever their practices are; honest accounts of different departments meet in
 * one by chance only.
 */
export interface MissEntry {
  readonly account: Signal['account'];
  readonly number: number;
  readonly day: number;
  /** Somebody of another department missed here too. */
  shared: boolean;
}

/** What an account missed within the last week, and how much of it in registers shared with another department. */
export interface Misser {
  readonly account: Signal['account'];
  readonly unit: string;
  sinceMs: number;
  misses: number;
  shared: number;
}

export interface MissBook {
  /** By register. */
  registers: Map<number, MissEntry[]>;
  /** By account id. */
  missers: Map<string, Misser>;
  /** Of all accounts together. */
  misses: number;
  shared: number;
}

export const createMissBook = (): MissBook => ({ registers: new Map(), missers: new Map(), misses: 0, shared: 0 });

/** Notes a number that nobody has; one tried before this week, by whomever, is the same person again. */
export function noteMiss(
  book: MissBook,
  { account, timeMs, register, number }: MissSignal,
  day: number,
  counters: { missesRefused: number },
): void {
  const known = book.registers.get(register) ?? [];
  if (known.some((entry) => entry.number === number)) return;
  if (book.misses >= MAX_MISSES) {
    counters.missesRefused++;
    return;
  }
  let misser = book.missers.get(account.id);
  if (misser === undefined) {
    misser = { account, unit: unitOf(account), sinceMs: timeMs, misses: 0, shared: 0 };
    book.missers.set(account.id, misser);
  }
  const entry: MissEntry = { account, number, day, shared: false };
  misser.misses++;
  book.misses++;
  for (const other of known) {
    if (other.account.department === account.department) continue;
    share(book, other);
    share(book, entry);
  }
  known.push(entry);
  book.registers.set(register, known);
}

function share(book: MissBook, entry: MissEntry): void {
  if (entry.shared) return;
  entry.shared = true;
  book.missers.get(entry.account.id)!.shared++;
  book.shared++;
}

/** Forgets what is older than a week. */
export function expireMisses(book: MissBook, day: number): void {
  for (const [register, entries] of book.registers) {
    // In the order of coming.
    while (entries.length > 0 && entries[0]!.day <= day - LAG_DAYS) {
      const { account, shared } = entries.shift()!;
      const misser = book.missers.get(account.id)!;
      misser.misses--;
      book.misses--;
      if (shared) {
        misser.shared--;
        book.shared--;
      }
      if (misser.misses === 0) book.missers.delete(account.id);
    }
    if (entries.length === 0) book.registers.delete(register);
  }
}
