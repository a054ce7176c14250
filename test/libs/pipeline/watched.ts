import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { StreamName } from '#libs/model/streams.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { step } from '#libs/pipeline/index.ts';
import { hash32 } from './hash32.ts';
import type { Doing } from './traffic.ts';
import { DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';

/** A practice that has been watched for weeks, and new people of it with fields of their own. */

export const START = MONDAY + 28 * DAY;

/** A practice of eight people a day, watched for four weeks. */
export function watched(days = 28): PipelineState {
  const state = freshState();
  // One contract in forty has ended, as among people at a counter.
  const covered = (event: AccessEvent, i: number) =>
    Object.assign(event, { coverageEndDay: endDay(MONDAY) + (i % 40 === 7 ? -30 : 400) });
  feed(state, honestDays(days, 8).map(covered));
  step(state, { kind: 'tick', timeMs: MONDAY + days * DAY + MINUTE });
  return state;
}

export const natsOf = (state: PipelineState, name: StreamName, row = 0): number =>
  state.channels.nats[row * STREAM_ROOM + STREAM_NAMES.indexOf(name)]!;

export const withFields = (doing: Doing, fields: Partial<AccessEvent>): AccessEvent =>
  Object.assign(eventOf(doing), fields);

/** `count` new people of the account, `gapMs` apart, each with fields of its own. */
export function people(
  from: number,
  count: number,
  gapMs: number | ((i: number) => number),
  fields: (i: number) => Partial<AccessEvent> = () => ({}),
  doing: Partial<Doing> = {},
): AccessEvent[] {
  let time = from;
  return Array.from({ length: count }, (_, i) => {
    time += typeof gapMs === 'number' ? gapMs : gapMs(i);
    return withFields({ time, person: 500_000 + i, ...doing }, fields(i));
  });
}

export const endDay = (time: number) => Math.floor(time / DAY);
export const scattered = (i: number): number => 20_000 + ((hash32(i * 77) >>> 0) % 400_000);

/** Somebody's NIR without key: born in month `month` of 1940 on, the order among its births as given. */
export const bornIn = (month: number, place: number, order = 100): Partial<AccessEvent> => ({
  nirPrefix: ((1 + (order % 2)) * 10_000 + (40 + Math.floor(month / 12)) * 100 + 1 + (month % 12)) * 100_000 + place,
  nirOrder: order,
});
export const anywhere = (i: number): number => 1000 + ((hash32(i * 31) >>> 0) % 94_000);
export const OPEN = START + 9 * HOUR;
