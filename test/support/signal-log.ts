/** Topics of signals as detectors write them: weeks of honest accounts and eight that are used from one machine. */
import type { Signal } from '#libs/model/signal.ts';
import type { NewRecord } from '#libs/ports/event-log.ts';
import { partitionOf } from '#libs/ports/partition-of.ts';
import type { Told } from '#services/detector/outgoing.ts';
import { signalRecords } from '#services/detector/outgoing.ts';
import { DAY, HOUR, honestSignals, inOrder, START, source } from '../libs/decide/campaign/signals.ts';

const QUARTER = 900_000;
const ATTACK = START + 35 * DAY + 8 * HOUR;
export const SIGNALS_END = START + 37 * DAY;

export const CAMPAIGN_SIGNALS: readonly Signal[] = inOrder([
  ...honestSignals(300, 37, 5),
  ...Array.from({ length: 8 }, (_, i) =>
    source(i * 7, ATTACK + i * 600_000, { network: 'thief-net', device: 'thief-dev' }),
  ),
]).filter(({ timeMs }) => timeMs < SIGNALS_END);

/** So many signals go out together here: more than one, and few enough for many records. */
const TOGETHER = 7;

/** What the detector of one partition writes: its signals, with the quarters of an hour that its clock enters. */
export function partitionSignals(topic: string, partition: number, partitions: number): NewRecord[] {
  let clock = START + QUARTER;
  const all: Told[] = [];
  const mark = (timeMs: number) => all.push({ place: `${timeMs}`, timeMs, told: { signal: 'clock', timeMs } });
  mark(clock);
  const advance = (timeMs: number) => {
    const quarter = Math.floor(timeMs / QUARTER) * QUARTER;
    if (quarter > clock) mark(quarter);
    clock = Math.max(clock, quarter);
  };
  CAMPAIGN_SIGNALS.forEach((signal, i) => {
    if (partitionOf(signal.account.id, partitions) !== partition) return;
    all.push({ place: i, timeMs: signal.timeMs, told: signal });
    advance(signal.timeMs);
  });
  advance(SIGNALS_END);
  const records: NewRecord[] = [];
  for (let at = 0; at < all.length; at += TOGETHER) {
    records.push(...signalRecords(topic, partition, all.slice(at, at + TOGETHER)));
  }
  return records;
}
