import { ORDERS, runGoesOn, SORTED_ATTACK } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { S_SORTED_ORDER } from '#libs/model/streams.ts';
import { observeHit } from './evidence-step.ts';
import type { PipelineState } from './state.ts';

/**
 * Runs of new people in the order of a file. Each order has its run; the longest one speaks, chosen before the person is
 * looked at. Whoever breaks a run is not the first of the next: that one would be known to lie low, and so begin a longer
 * run than chance allows.
 */
const MAX_RUN = 255;
/** Places repeat every 100,000 in the prefix: five digits, department and commune. */
const PLACES = 100_000;

/** What stands where in each order: the NIR as a number, birth as year and month, place of birth. */
function ranksOf(event: AccessEvent, into: Float64Array): void {
  into[0] = event.nirPrefix * 1000 + Math.max(0, event.nirOrder);
  into[1] = Math.floor(event.nirPrefix / PLACES) % 10_000;
  into[2] = event.nirPrefix % PLACES;
}
const ranks = new Float64Array(ORDERS);

/** A person found for the first time by the account. */
export function stepSortedOrder(state: PipelineState, row: number, event: AccessEvent, minute: number): void {
  if (event.nirPrefix < 0) return;
  const { orderLast, orderRun, orderDown } = state.channels;
  ranksOf(event, ranks);
  const base = row * ORDERS;
  let speaks = -1;
  for (let i = 0; i < ORDERS; i++) {
    const length = orderRun[base + i]!;
    if (length < 2 || ranks[i] === orderLast[base + i]) continue;
    if (speaks < 0 || length > orderRun[base + speaks]!) speaks = i;
  }
  if (speaks >= 0) {
    const at = base + speaks;
    const goesOn = ranks[speaks]! < orderLast[at]! === (orderDown[at] === 1);
    const p0 = runGoesOn(orderRun[at]!);
    observeHit(state, row, S_SORTED_ORDER, goesOn, p0, SORTED_ATTACK, minute);
  }
  for (let i = 0; i < ORDERS; i++) {
    const at = base + i;
    const rank = ranks[i]!;
    const length = orderRun[at]!;
    if (length > 0 && rank === orderLast[at]) continue;
    const down = rank < orderLast[at]! ? 1 : 0;
    if (length >= 2 && down !== orderDown[at]) {
      orderRun[at] = 0;
      continue;
    }
    if (length === 1) orderDown[at] = down;
    orderRun[at] = Math.min(length + 1, MAX_RUN);
    orderLast[at] = rank;
  }
}
