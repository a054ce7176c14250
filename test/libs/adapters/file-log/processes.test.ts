import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';
import { FolderInUseError } from '#libs/adapters/file-log/folder-lock.ts';

const nowMs = () => 0;
const WRITER = new URL('./writer-process.ts', import.meta.url).pathname;
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

/** Starts a process that appends pairs (one record to each of two topics) for ever and prints each number acknowledged. */
async function startWriter(folder: string, acknowledged: number) {
  child = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = -1;
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line);
    if (last >= acknowledged) break;
  }
  return { child, last };
}

describe('file log between processes', () => {
  test('a second process is refused by name while the first lives, and let in after kill -9', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigie-file-log-'));
    const { child: writer } = await startWriter(folder, 0);
    const opened = openFileLog({ folder, nowMs });
    await expect(opened).rejects.toThrow(FolderInUseError);
    await expect(opened).rejects.toThrow(`process ${writer.pid}`);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const log = await openFileLog({ folder, nowMs });
    await log.close();
  });

  test('killed -9 in the middle of writing: whatever was acknowledged is there, and both halves of every pair', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigie-file-log-'));
    let acknowledged = -1;
    for (const rounds of [20, 40, 60]) {
      const { child: writer, last } = await startWriter(folder, rounds);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      acknowledged = last;
      const log = await openFileLog({ folder, nowMs });
      const seen: string[][] = [];
      for (const topic of ['left', 'right']) {
        const values: string[] = [];
        for await (const batch of log.read({ topic, from: new Map([[0, 0]]) })) {
          values.push(...batch.records.map((r) => Buffer.from(r.value!).toString()));
        }
        seen.push(values);
      }
      await log.close();
      expect(seen[0]!.length).toBeGreaterThan(acknowledged);
      expect(seen[0]).toEqual(seen[0]!.map((_, i) => String(i)));
      expect(seen[1]).toEqual(seen[0]);
    }
  });
});
