import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import { accumulate, bernoulliLogRatio, MAX_NATS, REST_NATS } from '#libs/evidence/index.ts';
import type { PipelineState } from './state.ts';

/** One observation of a per-person stream: moves its evidence and the counts that explain it. */
export function observe(
  state: PipelineState,
  row: number,
  stream: number,
  ratio: number,
  hit: boolean,
  expected: number,
  minute: number,
): void {
  const channels = state.channels;
  const at = row * STREAM_ROOM + stream;
  const before = channels.nats[at]!;
  const after = Math.min(accumulate(before, ratio), MAX_NATS);
  if (after === 0) {
    // Nobody asks what explains no evidence, and the next rise counts anew: most observations end here.
    if (before !== 0) channels.nats[at] = 0;
    return;
  }
  if (before < REST_NATS) {
    channels.riseMinute[at] = minute;
    channels.observed[at] = 0;
    channels.of[at] = 0;
    channels.expected[at] = 0;
  }
  channels.nats[at] = after;
  if (channels.of[at]! < 65_535) {
    channels.of[at] = channels.of[at]! + 1;
    if (hit) channels.observed[at] = channels.observed[at]! + 1;
  }
  channels.expected[at] = channels.expected[at]! + expected;
}

/** The same of a yes/no observation: what speaks against a theft that nothing speaks for need not be worked out. @param attack its probability under the attack */
export function observeHit(
  state: PipelineState,
  row: number,
  stream: number,
  hit: boolean,
  expected: number,
  attack: number,
  minute: number,
): void {
  if (!hit && attack > expected && state.channels.nats[row * STREAM_ROOM + stream] === 0) return;
  observe(state, row, stream, bernoulliLogRatio(hit, expected, attack), hit, expected, minute);
}
