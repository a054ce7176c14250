import { setTimeout as sleep } from 'node:timers/promises';
import type { Responder } from './responder.ts';

/**
 * Works on what falls due (retries, expiries, what another instance left behind) every `everyMs` until `signal` is
 * aborted. An error does not end it: it is told, and the next round tries again.
 */
export async function runDueLoop(
  responder: Responder,
  everyMs: number,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await responder.runDue();
    } catch (error) {
      onError(error);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
