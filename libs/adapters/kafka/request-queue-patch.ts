/**
 * kafkajs re-arms a timer with a negative delay for ever, on each connection: a warning at every start on Node 24 and several
 * per cent of a core when idle. Here the timer is armed only while requests wait or the broker has asked for a pause.
 * (kafkajs 2.2.4, RequestQueue.scheduleCheckPendingRequests; importing this file applies it.)
 */
import { createRequire } from 'node:module';

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const CHECK_INTERVAL_MS = 10;
const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };

prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.throttleCheckTimeoutId) return;
  let delayMs = this.throttledUntil - Date.now();
  if (this.pending.length > 0) delayMs = delayMs > 0 ? delayMs : CHECK_INTERVAL_MS;
  if (delayMs <= 0) return;
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delayMs);
};
