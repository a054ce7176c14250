import type { Clock } from '#libs/ports/clock.ts';
import type { CaseDocument, ResponseStore } from '#libs/ports/store.ts';

/*
 * Of several processes that share a store, one is at work: it writes into the store that it is, and until when, and again
 * long before that. Who finds the word out of date takes over. The clocks of the machines must agree to within the margin.
 */

export const LEASE_MS = 30_000;
/** A lease that is over is left alone for this much longer: clocks differ. */
export const LEASE_MARGIN_MS = 10_000;
export const RENEW_EVERY_MS = 5_000;

export interface LeaseParts {
  readonly store: Pick<ResponseStore, 'caseDocument' | 'commit'>;
  /** What is to be done by one alone. */
  readonly name: string;
  /** This process, different from every other one that ever was. */
  readonly holder: string;
  readonly clock: Clock;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told of a store that could not be asked; it is asked again. */
  readonly onError: (error: unknown) => void;
}

interface Lease {
  readonly holder: string;
  readonly untilMs: number;
}

/** Writes the lease down for `holder`; the time until which it holds, 0 where it is somebody else's. */
async function take({ store, name, holder, clock }: LeaseParts, lengthMs: number): Promise<number> {
  const found = await store.caseDocument('lease', name);
  const present = found && (JSON.parse(found.body) as Lease);
  const nowMs = clock.nowMs();
  const isFree =
    !present || present.holder === '' || present.holder === holder || present.untilMs + LEASE_MARGIN_MS < nowMs;
  if (!isFree) return 0;
  const untilMs = nowMs + lengthMs;
  const document: CaseDocument = {
    kind: 'lease',
    id: name,
    accountId: '',
    open: false,
    version: (found?.version ?? 0) + 1,
    updatedMs: nowMs,
    body: JSON.stringify({ holder: lengthMs > 0 ? holder : '', untilMs } satisfies Lease),
  };
  return (await store.commit({ cases: [document] })) ? untilMs : 0;
}

/**
 * Does `work` whenever, and for as long as, no other process does, until `signal` is aborted. The work's own signal is
 * aborted when the lease is lost, and `isHeld` says so a moment before where the process was asleep.
 */
export async function whileLeased(
  parts: LeaseParts,
  signal: AbortSignal,
  work: (signal: AbortSignal, isHeld: () => boolean) => Promise<void>,
): Promise<void> {
  const { clock, sleep, onError } = parts;
  const tryTake = async (): Promise<number | undefined> => {
    try {
      return await take(parts, LEASE_MS);
    } catch (error) {
      onError(error);
      return undefined;
    }
  };
  while (!signal.aborted) {
    let untilMs = (await tryTake()) ?? 0;
    if (untilMs > 0) {
      const lost = new AbortController();
      const own = AbortSignal.any([signal, lost.signal]);
      const isHeld = () => !own.aborted && clock.nowMs() < untilMs;
      const working = work(own, isHeld).finally(() => lost.abort());
      while (!own.aborted) {
        await sleep(RENEW_EVERY_MS, own);
        if (own.aborted) break;
        const renewed = await tryTake();
        if (renewed) untilMs = renewed;
        // Where the store is away, the word given holds until it ends.
        else if (renewed === 0 || !isHeld()) lost.abort();
      }
      await working;
      if (signal.aborted) await take(parts, 0).catch(onError);
    }
    if (!signal.aborted) await sleep(RENEW_EVERY_MS, signal);
  }
}
