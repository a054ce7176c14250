import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';
import { eventLogContract } from './event-log.contract.ts';

// Files of 400 bytes: nearly every test then crosses from one file into the next.
for (const segmentBytes of [400, 64 * 1024 * 1024]) {
  eventLogContract(`folder of files of ${segmentBytes} bytes`, {
    open: async () =>
      openFileLog({ folder: await mkdtemp(join(tmpdir(), 'vigie-file-log-')), nowMs: Date.now, segmentBytes }),
  });
}
