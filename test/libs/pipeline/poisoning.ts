import type { AccessEvent } from '#libs/model/access-event.ts';
import type { Alert, Rung } from '#libs/model/alert.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore, snapshot, step } from '#libs/pipeline/index.ts';
import { hash32 } from './hash32.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOME, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';

/**
 * A patient thief first teaches the detector that he is normal, then steals. What he taught shows in how far the theft gets:
 * the same theft is tried on the same account with and without the teaching.
 */

export const LEARNT_DAYS = 42;
/** The day after the weeks that the account and its peers were learnt from, a Monday. */
export const START = MONDAY + LEARNT_DAYS * DAY;

/** Where people were born: near, anywhere, or in certain departments. */
type Where = 'home' | 'france' | readonly number[];

function birthOf(where: Where, person: number): number {
  const draw = hash32(person * 3) >>> 0;
  if (where === 'home') return HOME;
  return where === 'france' ? 1 + (draw % 95) : where[draw % where.length]!;
}

export interface Teaching {
  readonly account?: number;
  /** First day, counted from START, and how many days. */
  readonly from?: number;
  readonly days: number;
  /** People a day; a function of the day for one that grows. */
  readonly perDay: number | ((day: number) => number);
  readonly where: Where;
  /** Whether each person is billed within the hour, as a forger does. */
  readonly billed?: boolean;
  readonly missed?: boolean;
  /** The holder's own, unless said otherwise. */
  readonly device?: number;
  /** Where among the made-up people it begins: two teachings must not take the same. */
  readonly people?: number;
}

/** Look-ups in office hours from the holder's own device, beside the holder's work. */
export function teach(teaching: Teaching): AccessEvent[] {
  const {
    account = 1,
    from = 0,
    days,
    perDay,
    where,
    billed = false,
    missed = false,
    device = 0,
    people = 500_000_000,
  } = teaching;
  const events: AccessEvent[] = [];
  let next = people;
  for (let d = from; d < from + days; d++) {
    if (((START + d * DAY - MONDAY) / DAY) % 7 >= 5) continue;
    const count = Math.floor(typeof perDay === 'number' ? perDay : perDay(d));
    for (let i = 0; i < count; i++) {
      const person = next++;
      const time = START + d * DAY + 8 * HOUR + 3 * MINUTE + Math.floor((i * 8 * HOUR) / count);
      const department = birthOf(where, person);
      events.push(eventOf({ time, account, person, department, missed, device }));
      if (billed)
        events.push(eventOf({ time: time + 10 * MINUTE, account, person, department, device, action: 'claim' }));
    }
  }
  return events;
}

const byTime = (events: readonly AccessEvent[]): AccessEvent[] => [...events].sort((a, b) => a.timeMs - b.timeMs);

/** Seven practices of one profession and department, eight people a day each, over days counted from START. */
function practices(from: number, days: number): AccessEvent[] {
  // From the first day of all on: everybody's people are new each day, whatever part of the weeks is taken.
  const all = Array.from({ length: 7 }, (_, i) => honestDays(LEARNT_DAYS + from + days, 8, 1 + i)).flat();
  return all.filter((event) => event.timeMs >= START + from * DAY);
}

const config = { policy: defaultPolicy().detection };
const learnt = new Map<number, Uint8Array>();

/** A state that has learnt seven practices for six weeks, the first of them for so many days only. */
export function learntState(daysOfFirst = LEARNT_DAYS): PipelineState {
  let bytes = learnt.get(daysOfFirst);
  if (bytes === undefined) {
    const state = freshState();
    const events = practices(-LEARNT_DAYS, LEARNT_DAYS);
    const seen = events.filter((e) => e.accountId !== 'PS-1' || e.timeMs >= START - daysOfFirst * DAY);
    feed(state, byTime(seen));
    bytes = snapshot(state);
    learnt.set(daysOfFirst, bytes);
  }
  return restore(bytes, config);
}

export interface Taught {
  readonly state: PipelineState;
  readonly alerts: readonly Alert[];
}

/** The practices' work of the next days with what the thief does beside it. */
export function afterDays(
  days: number,
  teaching: readonly AccessEvent[] = [],
  state = learntState(),
  from = 0,
): Taught {
  const outputs = feed(state, byTime([...practices(from, days), ...teaching]));
  const end = step(state, { kind: 'tick', timeMs: START + (from + days) * DAY + 2 * HOUR });
  return { state, alerts: alertsOf([...outputs, ...end]) };
}

/** How many people a theft that begins on `day` at 9 h gets until each rung; `undefined`: never. */
export function theftOn(
  { state }: Taught,
  day: number,
  theft: { readonly where: Where; readonly perHour: number; readonly people?: number; readonly missed?: boolean },
): { readonly reached: (rung: Rung) => number; readonly alerts: readonly Alert[] } {
  const copy = restore(snapshot(state), config);
  const { people = 400, perHour, where, missed = false } = theft;
  const first = new Map<Rung, number>();
  const alerts: Alert[] = [];
  for (let i = 0; i < people; i++) {
    const person = 800_000_000 + i;
    const department = birthOf(where, person);
    const time = START + day * DAY + 9 * HOUR + Math.floor((i * HOUR) / perHour);
    for (const output of step(copy, eventOf({ time, person, department, missed }))) {
      if (output.kind !== 'alert' || output.alert.account.id !== 'PS-1') continue;
      alerts.push(output.alert);
      if (!first.has(output.alert.rung)) first.set(output.alert.rung, i + 1);
    }
  }
  return { reached: (rung) => first.get(rung) ?? people + 1, alerts };
}

/** The day's quota in force, people: read from the first alert of a theft that uses it up. */
export function dayLimit(taught: Taught, day: number): number {
  const { alerts } = theftOn(taught, day, { where: 'home', perHour: 600, people: 3000 });
  return alerts[0]!.quota.dayLimit;
}
