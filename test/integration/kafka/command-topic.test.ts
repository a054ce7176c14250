import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createCommandTopicConnector } from '#libs/adapters/command-topic/connector.ts';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { createResponder } from '#services/responder/responder.ts';
import type { ConnectorRig } from '../../contract/account-connector.cases.ts';
import { accountConnectorContract } from '../../contract/account-connector.cases.ts';
import { ToldPortal } from '../../support/command-receivers.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { sampleAlert, T0 } from '../../support/sample-alert.ts';
import { samplePolicy } from '../../support/sample-policy.ts';
import { describeWithKafka } from './with-kafka.ts';

/** A portal that carries out what the topic tells it, with a reader of its own, each command once and in order. */
async function startPortal(log: EventLog, topic: string) {
  const portal = new ToldPortal();
  const ending = new AbortController();
  // A new topic's leaders take a moment.
  const bounds = await vi.waitFor(() => log.bounds(topic), { timeout: 60_000, interval: 100 });
  const from = new Map(bounds.map((b) => [b.partition, b.end]));
  const carriedOut = new Set<string>();
  const next = new Map<number, number>(from);
  const reading = (async () => {
    for await (const batch of log.read({ topic, from, follow: true, signal: ending.signal })) {
      for (const { value, headers } of batch.records) {
        const told = JSON.parse(String(Buffer.from(value!))) as { id: string; account: string; command: string };
        expect(headers.get('ce_id')).toBe(told.id);
        if (carriedOut.has(told.id)) continue;
        carriedOut.add(told.id);
        portal.tell(told.id, told.account, told.command);
      }
      next.set(batch.partition, batch.next);
    }
  })();
  return {
    portal,
    /** Until the portal has read everything that is on the topic now. */
    async caughtUp() {
      const bounds = await log.bounds(topic);
      await expect
        .poll(() => bounds.every(({ partition, end }) => (next.get(partition) ?? 0) >= end), { timeout: 60_000 })
        .toBe(true);
    },
    async stop() {
      ending.abort();
      await reading;
    },
  };
}

describeWithKafka('the command topic on Kafka', ({ brokers }) => {
  const open = async () => {
    const log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'command-test' });
    const topic = `c${randomUUID().slice(0, 8)}.commands`;
    await log.createTopics([{ name: topic, partitions: 3, compacted: false }]);
    return { log, topic, ...(await startPortal(log, topic)) };
  };

  accountConnectorContract('command topic on Kafka', async (): Promise<ConnectorRig> => {
    const { log, topic, portal, caughtUp, stop } = await open();
    return {
      connector: createCommandTopicConnector({ log, topic }),
      async account() {
        const id = `PS-${String(portal.accounts.size).padStart(6, '0')}`;
        portal.accounts.set(id, { enabled: true, stepUp: false, sessions: 0 });
        return id;
      },
      async state(account) {
        await caughtUp();
        return { ...portal.accounts.get(account)! };
      },
      async signIn(account) {
        portal.accounts.get(account)!.sessions += 1;
      },
      async close() {
        await stop();
        await log.close();
      },
    };
  });

  let world: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    world = await open();
  });
  afterAll(async () => {
    await world.stop();
    await world.log.close();
  });

  it('a stop by commands alone is done by the portal, and is called acknowledged and not seen', async () => {
    const { log, topic, portal, caughtUp } = world;
    const store = createMemoryStore();
    const responder = createResponder({
      store,
      connector: createCommandTopicConnector({ log, topic }),
      restrictions: createRestrictionList(),
      policy: samplePolicy(),
      clock: new ManualClock(T0),
      publish: async () => {},
    });
    portal.accounts.set('PS-000123', { enabled: true, stepUp: false, sessions: 3 });
    await responder.onAlert(sampleAlert());
    await responder.idle();
    await caughtUp();
    expect(portal.accounts.get('PS-000123')).toEqual({ enabled: false, stepUp: false, sessions: 0 });
    expect(portal.seen.map((id) => id.split(':')[1])).toEqual(['disable', 'end_sessions']);
    expect(await store.actionsOf('PS-000123')).toMatchObject([
      { state: 'verified', detail: 'acknowledged by the receiver, which cannot be read back' },
    ]);
  });
});
