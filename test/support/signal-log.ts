/** Topics of signals as detectors write them: weeks of honest accounts and eight that are used from one machine. */
import type { Signal } from '#libs/model/signal.ts';
import type { NewRecord } from '#libs/ports/event-log.ts';
import { partitionOf } from '#libs/ports/partition-of.ts';
import type { PartitionMark } from '#services/detector/outgoing.ts';
import { markRecord, signalRecord } from '#services/detector/outgoing.ts';
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

/** What the detector of one partition writes: its signals, with the quarters of an hour that its clock enters. */
export function partitionSignals(topic: string, partition: number, partitions: number): NewRecord[] {
  const mark = (timeMs: number): PartitionMark => ({ signal: 'clock', timeMs });
  let clock = START + QUARTER;
  const records: NewRecord[] = [markRecord(topic, partition, 'm', mark(clock), clock)];
  const advance = (timeMs: number) => {
    const quarter = Math.floor(timeMs / QUARTER) * QUARTER;
    if (quarter > clock) records.push(markRecord(topic, partition, 'm', mark(quarter), quarter));
    clock = Math.max(clock, quarter);
  };
  CAMPAIGN_SIGNALS.forEach((signal, i) => {
    if (partitionOf(signal.account.id, partitions) !== partition) return;
    records.push(signalRecord(topic, partition, `${i}`, signal));
    advance(signal.timeMs);
  });
  advance(SIGNALS_END);
  return records;
}
