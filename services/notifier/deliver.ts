import type { Delivery, NotificationSink, OutgoingMessage } from '#libs/ports/notifications.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Wait before the next try, ms: doubled each time, bounded. */
export const waitMs = (failures: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));

export interface RetryParts {
  readonly signal: AbortSignal;
  /** Resolves after so many ms, or as soon as `signal` is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told of each failure in a row. */
  readonly onFailure: (detail: string, failures: number) => void;
}

/** Delivers one message, for as long as it takes. Only an abort ends it without the receiver's word. */
export async function deliver(
  sink: NotificationSink,
  message: OutgoingMessage,
  { signal, sleep, onFailure }: RetryParts,
): Promise<Exclude<Delivery, { outcome: 'failed' }> | { readonly outcome: 'aborted' }> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    const delivery = await sink.deliver(message);
    if (delivery.outcome !== 'failed') return delivery;
    onFailure(delivery.detail, failures);
    await sleep(waitMs(failures), signal);
  }
  return { outcome: 'aborted' };
}
