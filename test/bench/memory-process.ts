import { AccessEvent } from '#libs/model/access-event.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { createState, stats, step } from '#libs/pipeline/index.ts';
import { fillEvent } from './synthetic-event.ts';

/** The process that `memory.ts` starts: makes the accounts, prints what they take as JSON. Needs --expose-gc. */
export interface MemoryMeasured {
  readonly accounts: number;
  readonly pairs: number;
  /** Held for accounts and their channels, and for (account, person) pairs, bytes. */
  readonly accountBytes: number;
  readonly pairBytes: number;
  /** Growth of the process's resident memory, bytes. */
  readonly rssBytes: number;
}

const START_MS = Date.UTC(2026, 2, 2);
const SPAN_MS = 12 * 3_600_000;

function measure(accounts: number, pairsAnAccount: number): MemoryMeasured {
  const event = new AccessEvent();
  collect();
  const before = process.memoryUsage().rss;
  const state = createState({ policy: defaultPolicy().detection });
  const events = accounts * pairsAnAccount;
  for (let i = 0; i < events; i++) {
    const account = i % accounts;
    const person = Math.floor(i / accounts);
    const timeMs = START_MS + Math.floor((i / events) * SPAN_MS);
    fillEvent(event, i, account, `PS-${account}`, person, timeMs, false);
    step(state, event);
  }
  collect();
  const { bytes, pairs, accounts: made } = stats(state);
  return {
    accounts: made,
    pairs,
    accountBytes: bytes.accounts! + bytes.channels!,
    pairBytes: bytes.pairs!,
    rssBytes: process.memoryUsage().rss - before,
  };
}

function collect(): void {
  const gc = (globalThis as { gc?: () => void }).gc;
  if (gc === undefined) throw new Error('start this with --expose-gc');
  gc();
  gc();
}

const [accounts = '', pairs = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(measure(Number(accounts), Number(pairs)))}\n`);
