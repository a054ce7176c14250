/** What the machine and the process itself say of a running service. */
import { readFileSync } from 'node:fs';
import type { VigieProcess } from '../integration/kafka/vigie-process.ts';

const TICKS_PER_S = 100; // of the machine's accounting, see getconf CLK_TCK

/** User and system time of the process and its threads. */
export function cpuSeconds({ child }: VigieProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

export function residentBytes({ child }: VigieProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) * 1024;
}

/** Events that the detector says it has folded. */
export async function eventsFolded(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^vigie_events_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Waits until the detector has folded so many; returns how many it is then. */
export async function waitForEvents(port: number, events: number): Promise<number> {
  for (;;) {
    const folded = await eventsFolded(port);
    if (folded >= events) return folded;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
