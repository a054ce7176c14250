import { expect, test } from 'vitest';
import { startAwaitingStore } from '#services/start/await-store.ts';
import type { ServiceContext } from '#services/start/service.ts';
import { StoreAway } from '#services/start/store.ts';

function context() {
  const lines: string[] = [];
  const failures: Error[] = [];
  const parts = {
    logger: (_level: string, event: string, fields: object) => lines.push(`${event} ${JSON.stringify(fields)}`),
    failed: (error: Error) => failures.push(error),
  };
  return { lines, failures, context: parts as unknown as ServiceContext };
}

test('a service whose store is away is begun again until it is there, and says so', async () => {
  const { lines, failures, context: parts } = context();
  let tries = 0;
  let stopped = 0;
  const service = await startAwaitingStore(
    'responder',
    async () => {
      if (++tries < 3) throw new StoreAway('nobody listens');
      return { stop: async () => void stopped++ };
    },
    parts,
  );
  expect(tries).toBe(1);
  await service.ready;
  expect(tries).toBe(3);
  const waiting = '{"waiting":"responder","message":"nobody listens"}';
  expect(lines).toEqual([
    `store_awaited ${waiting}`,
    `store_awaited ${waiting}`,
    'store_found {"waiting":"responder"}',
  ]);
  await service.stop();
  expect([stopped, failures]).toEqual([1, []]);
});

test('stopped while it waits, it ends at once and is never begun', async () => {
  const { context: parts } = context();
  let tries = 0;
  const service = await startAwaitingStore(
    'responder',
    async () => {
      tries += 1;
      throw new StoreAway('nobody listens');
    },
    parts,
  );
  await service.stop();
  expect(tries).toBe(1);
});

test('any other fault ends it: at the first try as ever, at a later one by itself', async () => {
  const { failures, context: parts } = context();
  const broken = new Error('a wrong password');
  await expect(startAwaitingStore('responder', () => Promise.reject(broken), parts)).rejects.toBe(broken);
  let tries = 0;
  const service = await startAwaitingStore(
    'responder',
    () => Promise.reject(++tries === 1 ? new StoreAway('nobody listens') : broken),
    parts,
  );
  await expect.poll(() => failures, { timeout: 30_000 }).toEqual([broken]);
  await service.stop();
});
