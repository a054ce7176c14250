import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import { accumulate, MAX_NATS, REST_NATS } from '#libs/evidence/index.ts';
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
  if (before < REST_NATS) {
    channels.riseMinute[at] = minute;
    channels.observed[at] = 0;
    channels.of[at] = 0;
    channels.expected[at] = 0;
  }
  channels.nats[at] = Math.min(accumulate(before, ratio), MAX_NATS);
  if (channels.of[at]! < 65_535) {
    channels.of[at] = channels.of[at]! + 1;
    if (hit) channels.observed[at] = channels.observed[at]! + 1;
  }
  channels.expected[at] = channels.expected[at]! + expected;
}
