import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogStorage, PlacedRecord } from '#libs/adapters/single-process/storage.ts';
import type { LogBatch, TopicSpec } from '#libs/ports/event-log.ts';
import { FinishedWrites } from './finished-writes.ts';
import { FilePartition } from './partition.ts';
import type { CutTail } from './segment.ts';

/** What was found unfinished at opening, by partition. */
export interface Recovered extends CutTail {
  readonly topic: string;
  readonly partition: number;
}

/**
 * The folder: `<topic>/topic.json` (its spec), `<topic>/<partition>/<first offset>.log` (its segments), `finished-writes`.
 * A topic exists once its spec is there.
 */
export class FileStorage implements LogStorage {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #finished: FinishedWrites;
  readonly #partitions = new Map<string, FilePartition[]>();
  readonly #counts = new Map<string, number>();
  readonly recovered: Recovered[] = [];
  /** Set when an append could not be taken back: what is on disk is no longer known, so nothing more is written. */
  #broken: unknown;

  private constructor(folder: string, segmentBytes: number, finished: FinishedWrites) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#finished = finished;
  }

  static async open(folder: string, segmentBytes: number): Promise<FileStorage> {
    const finished = await FinishedWrites.open(join(folder, 'finished-writes'));
    const storage = new FileStorage(folder, segmentBytes, finished);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const spec = await readSpec(join(folder, entry.name, 'topic.json'));
      if (spec) await storage.#openTopic(spec);
    }
    return storage;
  }

  topics(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  async create(spec: TopicSpec): Promise<void> {
    const folder = join(this.#folder, spec.name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'topic.json.new'), `${JSON.stringify(spec)}\n`, { flush: true });
    await rename(join(folder, 'topic.json.new'), join(folder, 'topic.json'));
    await this.#openTopic(spec);
  }

  bounds(topic: string, partition: number) {
    const { first, end } = this.#at(topic, partition);
    return { first, end };
  }

  async fetch(topic: string, partition: number, from: number, maxRecords: number): Promise<LogBatch> {
    const at = this.#at(topic, partition);
    const records = await at.read(from, maxRecords);
    return { topic, partition, records, next: from + records.length, end: at.end };
  }

  async write(placed: readonly PlacedRecord[]): Promise<void> {
    if (this.#broken !== undefined)
      throw new Error('the file log failed before and takes no more', { cause: this.#broken });
    const byPartition = new Map<FilePartition, PlacedRecord[]>();
    for (const record of placed) {
      const at = this.#at(record.record.topic, record.partition);
      const some = byPartition.get(at);
      if (some) some.push(record);
      else byPartition.set(at, [record]);
    }
    // One frame is whole or torn, which its checksum tells; several need one place that says they are all there.
    const write = byPartition.size === 1 ? 0 : this.#finished.last + 1;
    const appends: Awaited<ReturnType<FilePartition['append']>>[] = [];
    try {
      for (const [partition, records] of byPartition) appends.push(await partition.append(write, records));
      await Promise.all(appends.map((append) => append.sync()));
      if (write > 0) await this.#finished.add(write);
    } catch (error) {
      for (const append of appends) {
        await append.takeBack().catch((failure: unknown) => {
          this.#broken = failure;
        });
      }
      throw error;
    }
    for (const append of appends) append.publish();
  }

  async close(): Promise<void> {
    for (const partitions of this.#partitions.values()) for (const partition of partitions) await partition.close();
    await this.#finished.close();
  }

  async #openTopic(spec: TopicSpec): Promise<void> {
    const partitions: FilePartition[] = [];
    for (let number = 0; number < spec.partitions; number++) {
      const folder = join(this.#folder, spec.name, String(number));
      const { partition, cut } = await FilePartition.open(folder, this.#segmentBytes, this.#finished.last);
      if (cut) this.recovered.push({ topic: spec.name, partition: number, ...cut });
      partitions.push(partition);
    }
    this.#partitions.set(spec.name, partitions);
    this.#counts.set(spec.name, spec.partitions);
  }

  #at(topic: string, partition: number): FilePartition {
    return this.#partitions.get(topic)![partition]!;
  }
}

async function readSpec(path: string): Promise<TopicSpec | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as TopicSpec;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
