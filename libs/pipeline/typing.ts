import { STREAM_ROOM, TYPED } from '#libs/baseline/schema.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { NIR_KEY_VALID } from '#libs/model/codes.ts';
import { S_MISS, S_MISS_SOURCE } from '#libs/model/streams.ts';
import type { PipelineState } from './state.ts';

/**
 * Typing mistakes. Whoever mistypes a number corrects it at once: a miss, a digit or two away from a person found within
 * minutes, is explained and goes back out of the evidence. Whoever enumerates does not correct himself, and computes the
 * key, without which the portal tells him nothing: a miss whose key is right is no slip of the finger.
 */
const CORRECTED_WITHIN_MINUTES = 3;
/** Two digits: one typed wrong, or two that changed places. */
const MAX_DIGITS = 2;

/** Keeps a miss that may turn out to be a slip. @param nats what it brought */
export function noteSlip(state: PipelineState, row: number, event: AccessEvent, minute: number, nats: number): void {
  if (event.nirPrefix < 0 || event.nirKey === NIR_KEY_VALID) return;
  const channels = state.channels;
  const at = row * TYPED + channels.slipAt[row]!;
  channels.slipAt[row] = (channels.slipAt[row]! + 1) % TYPED;
  channels.slipPrefix[at] = event.nirPrefix;
  channels.slipOrder[at] = event.nirOrder;
  channels.slipMinute[at] = minute;
  channels.slipNats[at] = nats;
}

/** A person was found: takes back what slips on the way there brought. */
export function forgiveSlips(state: PipelineState, row: number, event: AccessEvent, minute: number): void {
  if (event.nirPrefix < 0) return;
  const channels = state.channels;
  for (let at = row * TYPED; at < (row + 1) * TYPED; at++) {
    if (channels.slipNats[at] === 0) continue;
    const since = minute - channels.slipMinute[at]!;
    if (since < 0 || since > CORRECTED_WITHIN_MINUTES) continue;
    if (differingDigits(channels.slipPrefix[at]!, channels.slipOrder[at]!, event) > MAX_DIGITS) continue;
    for (const stream of [S_MISS, S_MISS_SOURCE]) {
      const i = row * STREAM_ROOM + stream;
      channels.nats[i] = Math.max(0, channels.nats[i]! - channels.slipNats[at]!);
      channels.hourNats[i] = Math.min(channels.hourNats[i]!, channels.nats[i]!);
      if (channels.observed[i]! > 0) channels.observed[i] = channels.observed[i]! - 1;
    }
    channels.slipNats[at] = 0;
  }
}

function differingDigits(prefix: number, order: number, event: AccessEvent): number {
  const typed = digits(prefix, order);
  const found = digits(event.nirPrefix, event.nirOrder);
  let different = 0;
  for (let i = 0; i < typed.length; i++) if (typed[i] !== found[i]) different++;
  return different;
}

const digits = (prefix: number, order: number): string =>
  String(prefix).padStart(10, '0') + String(order).padStart(3, '0');
