import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';
import type { MemoryMeasured } from './memory-process.ts';

const ACCOUNTS = 1_000_000;
const PAIRS_AN_ACCOUNT = 3;
const PROCESS = fileURLToPath(new URL('memory-process.ts', import.meta.url));

/**
 * Measures what 1,000,000 accounts take: really made through `step`, in a process of its own, so that what other benches
 * left behind does not count. Bytes are what the state holds (room for growth included); resident memory is what the
 * operating system counts against the process, before and after. Not in it: event ids of a busy day (about 10 bytes an
 * event), and the pairs that a year brings (see state_bytes_per_pair).
 */
export async function benchMemory(accounts = ACCOUNTS): Promise<Figures> {
  const run = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    PROCESS,
    String(accounts),
    String(PAIRS_AN_ACCOUNT),
  ]);
  const m = JSON.parse(run.stdout) as MemoryMeasured;
  if (m.accounts !== accounts) throw new Error(`${m.accounts} accounts were made instead of ${accounts}`);
  if (m.pairs !== accounts * PAIRS_AN_ACCOUNT) throw new Error(`${m.pairs} pairs were made`);
  return {
    state_bytes_per_account: figureOf([m.accountBytes / m.accounts], 'bytes'),
    state_bytes_per_pair: figureOf([m.pairBytes / m.pairs], 'bytes'),
    state_rss_bytes_per_account: figureOf([m.rssBytes / m.accounts], 'bytes'),
    state_rss_mib_1m_accounts: figureOf([m.rssBytes / 2 ** 20], 'MiB'),
  };
}
