import type { MemoryLog } from '#libs/adapters/memory/event-log.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { eventLogContract } from './event-log.contract.ts';

eventLogContract('memory', {
  open: async () => openMemoryLog({ nowMs: Date.now }),
  dropBefore: async (log, topic, partition, before) => (log as MemoryLog).dropBefore(topic, partition, before),
});
