import { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_CLAIM, ACTION_RIGHTS, CHANNEL_WEB, OUTCOME_FOUND, OUTCOME_NOT_FOUND } from '#libs/model/codes.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { createState, stats, step } from '#libs/pipeline/index.ts';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';

/** Mixes 32 bits well enough to stand for the output of a keyed hash. */
function mix(n: number): number {
  let x = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return x ^ (x >>> 16);
}

const START = Date.UTC(2026, 2, 2);

/**
 * Feeds `events` events of `accounts` accounts, each meeting `distinctAnHour` new people an hour where `returning` says
 * the share of events about people met before. The object is reused as a decoder reuses it; filling it is in the time.
 */
function run(
  accounts: number,
  events: number,
  perHour: number,
  returning: number,
): { seconds: number; state: ReturnType<typeof createState> } {
  const state = createState({ policy: defaultPolicy().detection });
  const event = new AccessEvent();
  const names = Array.from({ length: accounts }, (_, i) => `PS-${i}`);
  const stepMs = 3_600_000 / (perHour * accounts);
  const started = process.cpuUsage();
  let time = START;
  const met = new Int32Array(accounts);
  for (let i = 0; i < events; i++) {
    const a = i % accounts;
    time += stepMs;
    const draw = mix(i) >>> 0;
    const known = draw / 2 ** 32 < returning && met[a]! > 0;
    const person = known ? mix(draw) >>> (0 % met[a]!) : met[a]!++;
    const id = mix(a * 7919 + person * 104729);
    event.timeMs = Math.floor(time);
    event.idLo = mix(i);
    event.idHi = mix(i + 0x9e3779b9);
    event.accountLo = mix(a + 1);
    event.accountHi = mix(a + 77);
    event.accountId = names[a]!;
    event.profession = 1 + (a % 10);
    event.channel = CHANNEL_WEB;
    event.accountDepartment = 1 + (a % 90);
    event.action = known && (draw & 3) !== 0 ? ACTION_CLAIM : ACTION_RIGHTS;
    event.outcome = (draw & 63) === 0 ? OUTCOME_NOT_FOUND : OUTCOME_FOUND;
    event.hasPerson = true;
    event.personLo = id;
    event.personHi = mix(id ^ 0x55555);
    event.birthDepartment = (draw & 7) < 5 ? event.accountDepartment : 1 + (id & 63);
    event.nirPrefix = (id >>> 0) * 2;
    event.nirOrder = id & 511;
    event.networkLo = mix(a);
    event.deviceLo = mix(a + 3);
    event.insurer = '00123456';
    step(state, event);
  }
  const used = process.cpuUsage(started);
  return { seconds: (used.user + used.system) / 1e6, state };
}

/** The engine alone: `step` on decoded events, one core, CPU time. */
export function benchEngine(runs = 5): Figures {
  const events = 1_000_000;
  const figures: Figures = {};
  const rates: number[] = [];
  const cpu: number[] = [];
  run(2000, 200_000, 20, 0.5);
  for (let i = 0; i < runs; i++) {
    const { seconds, state } = run(20_000, events, 20, 0.5);
    rates.push(events / seconds);
    cpu.push((seconds / events) * 1e6);
    if (i === 0) {
      const s = stats(state);
      figures['state_bytes_per_account'] = figureOf([s.bytesPerAccountChannel], 'bytes');
      figures['state_bytes_per_pair'] = figureOf([s.bytes['pairs']! / s.pairs], 'bytes');
    }
  }
  figures['engine_events_per_s'] = figureOf(rates, 'events/s of CPU');
  figures['engine_cpu_s_per_million'] = figureOf(cpu, 'CPU-s/million events');
  for (const distinct of [100, 1000, 10_000]) {
    const each: number[] = [];
    for (let i = 0; i < runs; i++) {
      each.push((run(Math.max(10, Math.floor(200_000 / distinct)), events, distinct, 0).seconds / events) * 1e6);
    }
    figures[`engine_us_per_event_${distinct}`] = figureOf(each, 'us/event');
  }
  return figures;
}
