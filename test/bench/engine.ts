import { mix32 } from '#libs/base/random.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { createState, step } from '#libs/pipeline/index.ts';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';
import { fillEvent } from './synthetic-event.ts';

const START_MS = Date.UTC(2026, 2, 2);

/**
 * Feeds `events` events of `accounts` accounts, each meeting `perHour` people an hour, and gives the CPU seconds used. A
 * share `returning` of the events is about somebody met before, three quarters of those are follow-ups. The event is
 * reused as a decoder reuses it; filling it is in the time.
 */
function run(accounts: number, events: number, perHour: number, returning: number): number {
  const state = createState({ policy: defaultPolicy().detection });
  const event = new AccessEvent();
  const names = Array.from({ length: accounts }, (_, i) => `PS-${i}`);
  const stepMs = 3_600_000 / (perHour * accounts);
  const met = new Int32Array(accounts);
  const started = process.cpuUsage();
  for (let i = 0; i < events; i++) {
    const a = i % accounts;
    const draw = mix32(i, 0);
    const known = draw / 2 ** 32 < returning && met[a]! > 0;
    // Whoever was met last is likeliest to be billed: half of the time one of the last eight.
    const back = 1 + (mix32(draw, 11) % ((draw & 4) === 0 ? Math.min(8, met[a]!) : Math.max(1, met[a]!)));
    const person = known ? met[a]! - back : met[a]!++;
    fillEvent(event, i, a, names[a]!, person, START_MS + Math.floor((i + 1) * stepMs), known && (draw & 3) !== 0);
    step(state, event);
  }
  const used = process.cpuUsage(started);
  return (used.user + used.system) / 1e6;
}

/** The engine alone: `step` on decoded events, one core, CPU time. */
export function benchEngine(runs = 3): Figures {
  const events = 1_000_000;
  const figures: Figures = {};
  const rates: number[] = [];
  const cpu: number[] = [];
  run(2000, 200_000, 20, 0.5);
  for (let i = 0; i < runs; i++) {
    const seconds = run(20_000, events, 20, 0.5);
    rates.push(events / seconds);
    cpu.push((seconds / events) * 1e6);
  }
  figures.engine_events_per_s = figureOf(rates, 'events/s of CPU');
  figures.engine_cpu_s_per_million = figureOf(cpu, 'CPU-s/million events');
  for (const distinct of [100, 1000, 10_000]) {
    const each: number[] = [];
    for (let i = 0; i < runs; i++) {
      each.push((run(Math.max(10, Math.floor(200_000 / distinct)), events, distinct, 0) / events) * 1e6);
    }
    figures[`engine_us_per_event_${distinct}`] = figureOf(each, 'us/event');
  }
  return figures;
}
