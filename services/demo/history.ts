import type { Stage } from './stage.ts';

/** One reading of the detector's. */
const BATCH = 1_000;

/**
 * The weeks before the story, as fast as they go: what a portal's log holds when Vigie is installed. Nothing is restricted
 * for what is over, so the response only writes down what it would have done.
 *
 * @param onProgress told how many requests were read, and the event time reached
 */
export async function readHistory(
  stage: Stage,
  onProgress: (requests: number, timeMs: number) => void,
): Promise<number> {
  const { deliveries, embedded, portal, clock, copy, signal, storyMs } = stage;
  let requests = 0;
  let batch = [];
  for (let next = deliveries.peek(); next !== undefined && next.arrivalMs < storyMs; next = deliveries.peek()) {
    if (signal.aborted) return requests;
    deliveries.take();
    portal.remember(next.line);
    clock.advanceTo(next.arrivalMs);
    batch.push(next);
    requests += 1;
    if (batch.length < BATCH) continue;
    await Promise.all([embedded.logRequests(batch), copy.write(batch)]);
    embedded.check();
    onProgress(requests, next.arrivalMs);
    batch = [];
  }
  await Promise.all([embedded.logRequests(batch), copy.write(batch)]);
  clock.advanceTo(storyMs);
  await embedded.settled(signal);
  return requests;
}
