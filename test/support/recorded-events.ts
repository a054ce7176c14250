import type { DetectorEvents } from '#services/detector/events.ts';

/** One event of a detector. */
export interface Recorded {
  readonly name: keyof DetectorEvents;
  readonly event: Record<string, unknown>;
}

/** Keeps a detector's events in order, and the offset that each partition has reached. */
export function recordEvents() {
  const seen: Recorded[] = [];
  const reached = new Map<number, number>();
  const events = new Proxy({} as DetectorEvents, {
    get: (_target, name) => (event?: { readonly partition: number; readonly from: number; readonly next: number }) => {
      if (name === 'batchFolded') reached.set(event!.partition, event!.next);
      else seen.push({ name: name as keyof DetectorEvents, event: { ...event } });
      if (name === 'partitionOpened') reached.set(event!.partition, event!.from);
    },
  });
  const count = (name: keyof DetectorEvents): number => seen.filter((s) => s.name === name).length;
  return { events, seen, reached, count };
}
