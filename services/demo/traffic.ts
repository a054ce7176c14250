import { performance } from 'node:perf_hooks';
import type { Delivery } from '#services/simulate/simulation.ts';
import { localDay } from './local-time.ts';
import type { Stage } from './stage.ts';
import { Tempo } from './tempo.ts';

/** At most so many requests go to the log at once. */
const BATCH = 500;

export interface TrafficRules {
  readonly fromMs: number;
  /** Simulated seconds a second, for the time up to this request. */
  readonly speedFor: (next: Delivery) => number;
  readonly isOver: (next: Delivery) => boolean;
  /** Whether what is served also goes into the copy of the log. */
  readonly copies: boolean;
}

/**
 * The portal at work: each request waits for its time, is put to the gate, and is logged if it was served. What is due at
 * once goes to the log together.
 */
export async function runTraffic(stage: Stage, rules: TrafficRules): Promise<void> {
  const { deliveries, embedded, portal, chronicle, teller, clock, moments, copy, signal } = stage;
  const tempo = new Tempo(rules.fromMs, rules.speedFor(deliveries.peek()!));
  let batch: Delivery[] = [];
  const flush = async () => {
    const lines = batch;
    batch = [];
    await embedded.logRequests(lines);
    if (rules.copies) await copy.write(lines);
    embedded.check();
  };
  let day = localDay(rules.fromMs);
  let requests = 0;
  for (let next = deliveries.peek(); next !== undefined && !signal.aborted; next = deliveries.peek()) {
    if (rules.isOver(next)) break;
    tempo.setSpeed(rules.speedFor(next));
    if (tempo.waitMs(next.arrivalMs) > 0 || batch.length >= BATCH) {
      await flush();
      await tempo.until(next.arrivalMs, signal);
      if (signal.aborted) break;
    }
    const today = localDay(next.arrivalMs);
    if (today !== day) {
      teller.dayOver(day, requests);
      day = today;
      requests = 0;
    }
    deliveries.take();
    clock.advanceTo(next.arrivalMs);
    if (next.attackId !== undefined) teller.theftSeen(next.arrivalMs, tempo.speed);
    const handled = portal.handle(next);
    chronicle.takeAnswer(next, handled);
    requests += 1;
    if (handled.refused !== undefined) continue;
    moments.note(next.accountId, next.timeMs, performance.now());
    batch.push(next);
  }
  await flush();
  if (!signal.aborted) teller.dayOver(day, requests);
}
