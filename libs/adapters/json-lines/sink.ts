import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { OutboundRecord, OutboundTopic } from '#libs/ports/store.ts';

/** How much of a file's end is looked at when it is opened: far more than one unfinished round of publishing. */
const TAIL_BYTES = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** One topic's file. Each line is `{"id":…,"type":…,"key":…,"time":…,"data":{…}}`. */
class TopicFile {
  readonly #fd: number;
  /** Ids near the end of the file: what may be given again after a crash. */
  readonly #ids = new Set<string>();

  constructor(path: string) {
    this.#fd = openSync(path, 'a+');
    const size = fstatSync(this.#fd).size;
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(this.#fd, tail, 0, tail.length, size - tail.length);
    const end = tail.lastIndexOf(NEWLINE) + 1;
    // A process that died in the middle of a line: the record was not acknowledged, so it comes again.
    if (end < tail.length) ftruncateSync(this.#fd, size - (tail.length - end));
    const lines = tail.subarray(0, end).toString('utf8').split('\n');
    // The first line may be cut where only the end of a large file was read.
    for (const line of tail.length < size ? lines.slice(1) : lines) {
      if (line) this.#ids.add(JSON.parse(line).id);
    }
  }

  append(record: OutboundRecord): void {
    if (this.#ids.has(record.id)) return;
    const { id, type, key, timeMs, body } = record;
    const head = JSON.stringify({ id, type, key, time: new Date(timeMs).toISOString() });
    writeSync(this.#fd, `${head.slice(0, -1)},"data":${body}}\n`);
    fdatasyncSync(this.#fd);
    this.#ids.add(id);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/**
 * Alerts, actions, restrictions and controls as files that people and other programs can read: one JSON object a line,
 * one file a topic (`actions.ndjson`), each record once and on the disk when `publish` resolves.
 *
 * @param folder made where it is missing
 */
export function openJsonLinesSink(folder: string) {
  mkdirSync(folder, { recursive: true });
  const files = new Map<OutboundTopic, TopicFile>();
  return {
    async publish(record: OutboundRecord): Promise<void> {
      let file = files.get(record.topic);
      if (!file) {
        file = new TopicFile(join(folder, `${record.topic}.ndjson`));
        files.set(record.topic, file);
      }
      file.append(record);
    },
    close(): void {
      for (const file of files.values()) file.close();
      files.clear();
    },
  };
}
