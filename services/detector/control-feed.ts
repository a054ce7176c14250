import { z } from 'zod';
import { isAccountId } from '#libs/model/account-id.ts';
import type { Control } from '#libs/model/input.ts';
import type { EventLog, LogRecord } from '#libs/ports/event-log.ts';
import { partitionOf } from '#libs/ports/partition-of.ts';

/** A control and its place in its topic. */
export interface PlacedControl {
  readonly source: number;
  readonly control: Control;
}

const base = {
  kind: z.literal('control'),
  timeMs: z.number(),
  accountId: z.string().refine(isAccountId),
  reason: z.string(),
};
const controlSchema = z.discriminatedUnion('control', [
  z.object({
    ...base,
    control: z.literal('verdict'),
    alertId: z.string(),
    verdict: z.enum(['true', 'false', 'benign']),
    untilMs: z.number(),
  }),
  z.object({ ...base, control: z.literal('reenable'), graceUntilMs: z.number().exactOptional() }),
]);

/**
 * Reads the topic of controls as it grows and keeps, for each partition of the access log, those of its accounts: a partition
 * that is taken over needs them from where its state stands. They come by hand, so they are few.
 */
export class ControlFeed {
  readonly #log: EventLog;
  readonly #topic: string;
  readonly #partitions: number;
  readonly #byPartition: PlacedControl[][];
  readonly #stop = new AbortController();
  readonly #on: ControlFeedEvents;
  #reading: Promise<void> = Promise.resolve();

  constructor(log: EventLog, topic: string, partitions: number, on: ControlFeedEvents) {
    this.#log = log;
    this.#topic = topic;
    this.#partitions = partitions;
    this.#byPartition = Array.from({ length: partitions }, () => []);
    this.#on = on;
  }

  async start(): Promise<void> {
    const from = new Map((await this.#log.bounds(this.#topic)).map((b) => [b.partition, b.first]));
    this.#reading = this.#read(from).catch((error: unknown) => {
      this.#on.failed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  /** Controls for the partition's accounts from place `source` on, in order. */
  from(partition: number, source: number): readonly PlacedControl[] {
    return this.#byPartition[partition]!.filter((placed) => placed.source >= source);
  }

  async #read(from: ReadonlyMap<number, number>): Promise<void> {
    const request = { topic: this.#topic, from, follow: true, signal: this.#stop.signal };
    for await (const batch of this.#log.read(request)) for (const record of batch.records) this.#take(record);
  }

  #take(record: LogRecord): void {
    const control = parseControl(record.value);
    if (control === undefined) {
      this.#on.rejected(record.offset);
      return;
    }
    const partition = partitionOf(control.accountId, this.#partitions);
    this.#byPartition[partition]!.push({ source: record.offset, control });
    this.#on.arrived(partition);
  }
}

export interface ControlFeedEvents {
  arrived(partition: number): void;
  /** A record that is no control: it changes nothing. */
  rejected(offset: number): void;
  failed(error: Error): void;
}

/** A control as it stands on its topic, or undefined. */
export function parseControl(value: Uint8Array | null): Control | undefined {
  if (value === null) return undefined;
  try {
    const parsed = controlSchema.safeParse(JSON.parse(Buffer.from(value).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
