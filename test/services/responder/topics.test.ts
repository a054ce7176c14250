import { describe, expect, it } from 'vitest';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { campaignFinding, detectionFinding } from '#libs/formats/ocsf/index.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { lastOfEach, readAlerts } from '#services/responder/alert-reader.ts';
import type { AlertRejection } from '#services/responder/dead-letter.ts';
import { createPublisher } from '#services/responder/publisher.ts';
import { sampleAlert, T0 } from '../../support/sample-alert.ts';
import { sampleCampaign } from '../../support/sample-campaign.ts';
import { createBench } from './bench.ts';

const ID = 'PS-000123';
const source = { productVersion: '0.1.0', language: 'en' } as const;

async function createTopics(): Promise<EventLog> {
  const log = openMemoryLog({ nowMs: () => T0 });
  await log.createTopics(
    ['alerts', 'actions', 'restrictions', 'controls', 'dead-letter'].map((name) => ({
      name: `vigie.${name}`,
      partitions: 2,
      compacted: name === 'restrictions',
    })),
  );
  return log;
}

const put = (log: EventLog, key: string, text: string) =>
  log.append([{ topic: 'vigie.alerts', key, value: Buffer.from(text) }]);
const putAlert = (log: EventLog, alert: Alert) =>
  put(log, alert.account.id, JSON.stringify(detectionFinding(alert, source)));

async function all(log: EventLog, topic: string) {
  const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.first]));
  const found: { key: string; headers: ReadonlyMap<string, string>; body: Record<string, unknown> }[] = [];
  for await (const { records } of log.read({ topic, from })) {
    for (const { key, value, headers } of records) {
      found.push({ key: String(Buffer.from(key!)), headers, body: JSON.parse(String(Buffer.from(value!))) });
    }
  }
  return found;
}

/** Reads until `done` holds. */
async function readUntil(
  log: EventLog,
  bench: ReturnType<typeof createBench>,
  done: (rejections: AlertRejection[]) => Promise<boolean>,
) {
  const rejections: AlertRejection[] = [];
  const consuming = await readAlerts({
    log,
    store: bench.store,
    responder: bench.responder,
    topic: 'vigie.alerts',
    group: 'vigie-responder',
    deadLetter: 'vigie.dead-letter',
    onRejection: (rejection) => void rejections.push(rejection),
    onFailure: (error) => {
      throw error;
    },
  });
  while (!(await done(rejections))) await new Promise((resolve) => setImmediate(resolve));
  await consuming.stop();
  await bench.responder.idle();
  return rejections;
}

describe('from the alert topic to the action topics', () => {
  it('stops the account and tells it on vigie.actions and vigie.restrictions', async () => {
    const log = await createTopics();
    const bench = createBench({ publish: createPublisher(log, 'vigie') });
    await putAlert(log, sampleAlert());
    await readUntil(log, bench, async () => bench.register.get(ID)?.enabled === false);
    const actions = await all(log, 'vigie.actions');
    expect(actions.map((a) => [a.key, a.body.class_uid, a.body.status])).toEqual([
      [ID, 3001, 'requested'],
      [ID, 3001, 'Success'],
    ]);
    expect(actions[1]?.headers.get('ce_type')).toBe('vigie.action');
    const [restriction] = await all(log, 'vigie.restrictions');
    expect(restriction).toMatchObject({ key: ID, body: { account: ID, restriction: 'suspended', until: null } });
    await log.close();
  });

  it('publishes the restriction before anything of the action, and nothing overtakes it where it has to wait', async () => {
    for (const refusals of [0, 3]) {
      const published: string[] = [];
      let refused = 0;
      const bench = createBench({
        publish: async ({ topic, body }) => {
          if (topic === 'restrictions' && refused++ < refusals) throw new Error('no broker');
          published.push(`${topic} ${(JSON.parse(body) as { status?: string }).status ?? ''}`.trim());
        },
      });
      await bench.responder.onAlert(sampleAlert());
      await bench.responder.idle();
      while (published.length < 3) {
        await bench.responder.runDue();
        await bench.responder.idle();
      }
      // A topic that cannot be reached has not kept the account from being stopped.
      expect(bench.register.get(ID)?.enabled).toBe(false);
      expect(refused).toBeGreaterThan(refusals);
      expect(published).toEqual(['restrictions', 'actions requested', 'actions Success']);
    }
  });

  it('goes on over records that are no alerts, and says where they stand without their content', async () => {
    const log = await createTopics();
    const bench = createBench();
    await put(log, ID, 'secret 180056912345678');
    await putAlert(log, sampleAlert());
    const rejections = await readUntil(log, bench, async () => bench.register.get(ID)?.enabled === false);
    expect(rejections).toHaveLength(1);
    expect(rejections[0]).toMatchObject({ topic: 'vigie.alerts', offset: 0, reason: 'not JSON' });
    const letters = await all(log, 'vigie.dead-letter');
    const { partition, digest } = rejections[0]!;
    expect(letters.map((l) => [l.key, l.headers.get('ce_type'), l.body])).toEqual([
      [
        `vigie.alerts/${partition}/0`,
        'vigie.dead-letter',
        { reason: 'not JSON', field: '', topic: 'vigie.alerts', partition, offset: 0, bytes: 22, sha256: digest },
      ],
    ]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([rejections, letters])).not.toContain('18005');
    await log.close();
  });

  it('looks once at what a thief who goes on makes again and again, and at every rung', () => {
    const alert = (revision: number, change: Parameters<typeof sampleAlert>[0] = {}) =>
      sampleAlert({ id: 'a', revision, status: 'updated', rung: 'step_up', severity: 'medium', ...change });
    const alerts = [
      alert(1, { status: 'created' }),
      alert(2),
      alert(3),
      alert(4, { rung: 'suspend', severity: 'critical' }),
      alert(1, { id: 'b' }),
      alert(5, { rung: 'suspend', severity: 'critical' }),
      // Redelivered out of order: the newest word stands.
      alert(2),
      alert(6, { status: 'closed' }),
    ];
    const looked = alerts.filter((a) => lastOfEach(alerts).has(a)).map((a) => `${a.id}${a.revision} ${a.rung}`);
    expect(looked).toEqual(['a1 step_up', 'a3 step_up', 'b1 step_up', 'a5 suspend', 'a6 step_up']);
  });

  it('a keeper that is slow to say whether there is a second factor keeps no other account from being stopped', async () => {
    const log = await createTopics();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const slow = 'PS-000000';
    const bench = createBench({
      connect: (local) => ({
        ...local,
        read: (id) => (id === slow ? answered.then(() => local.read(id)) : local.read(id)),
      }),
    });
    // Of one partition, the one that has to wait first.
    for (const alert of [sampleAlert({ id: 'slow', rung: 'step_up', account: { id: slow } }), sampleAlert()]) {
      await put(log, 'one', JSON.stringify(detectionFinding(alert, source)));
    }
    let position: number | undefined;
    await readUntil(log, bench, async () => {
      if (bench.register.get(ID)?.enabled === false) {
        position ??=
          (await Promise.all([0, 1].map((p) => bench.store.position('vigie.alerts', p)))).find(
            (n) => n !== undefined,
          ) ?? 0;
        answer();
      }
      return bench.register.get(slow)?.stepUpRequired === true;
    });
    // Nothing was acknowledged while one of the batch was not planned.
    expect(position).toBe(0);
    await log.close();
  });

  it('takes a campaign as an offer to people, and nothing else', async () => {
    const log = await createTopics();
    const bench = createBench({ publish: createPublisher(log, 'vigie') });
    await put(log, 'c0ffee', JSON.stringify(campaignFinding(sampleCampaign([ID]), source)));
    await readUntil(log, bench, async () => (await bench.store.cases('campaign', 9)).length > 0);
    const notices = (await all(log, 'vigie.alerts')).filter((r) => r.headers.get('ce_type') === 'vigie.notice');
    expect(notices.map((n) => n.headers.get('ce_id'))).toEqual(['notice:containment_offered:c0ffee']);
    expect(bench.register.get(ID)?.enabled).toBe(true);
    expect(await bench.store.actionsOf(ID)).toEqual([]);
    await log.close();
  });

  it.each(['PS-\u0000', 'x'.repeat(256)])('goes on over an alert whose account no store could hold', async (id) => {
    const log = await createTopics();
    const bench = createBench();
    await putAlert(log, sampleAlert({ id: 'odd', account: { id } }));
    await putAlert(log, sampleAlert());
    const stopped = async () => bench.register.get(ID)?.enabled === false;
    const rejections = await readUntil(log, bench, async (found) => found.length > 0 && (await stopped()));
    expect(rejections.map((r) => r.reason)).toEqual(['unmapped.alert.account.id is missing or wrong']);
    await log.close();
  });

  it('reads on when its store is back, and the alert that came meanwhile is not lost', async () => {
    const log = await createTopics();
    const memory = createMemoryStore();
    let isDown = true;
    const whenUp =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (isDown) throw new Error('no connection to the store');
        return call(...args);
      };
    const store = { ...memory, readPlanning: whenUp(memory.readPlanning), position: whenUp(memory.position) };
    const bench = createBench({ store });
    const told: string[] = [];
    const waits: number[] = [];
    const reading = await readAlerts({
      log,
      store,
      responder: bench.responder,
      topic: 'vigie.alerts',
      group: 'vigie-responder',
      deadLetter: 'vigie.dead-letter',
      onRejection: () => {},
      onFailure: ({ message }) => void told.push(message),
      sleep: async (ms) => {
        waits.push(ms);
        // The store is back, reading goes on, and later the store is away once more.
        isDown = waits.length < 8;
      },
    });
    await putAlert(log, sampleAlert());
    await expect.poll(() => bench.register.get(ID)?.enabled).toBe(false);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    isDown = true;
    await putAlert(log, sampleAlert({ id: 'second', account: { id: 'PS-000000' } }));
    await expect.poll(() => bench.register.get('PS-000000')?.enabled).toBe(false);
    expect(waits.slice(8)).toEqual([1000]);
    expect(new Set(told)).toEqual(new Set(['no connection to the store']));
    await reading.stop();
    await bench.responder.idle();
    await log.close();
  });

  it('starts again where it had got to', async () => {
    const log = await createTopics();
    const store = createMemoryStore();
    const first = createBench({ store });
    await putAlert(log, sampleAlert());
    await readUntil(log, first, async () => first.register.get(ID)?.enabled === false);
    await putAlert(log, sampleAlert({ id: 'second', account: { id: 'PS-000000' } }));
    const heir = createBench({ store });
    const seen: string[] = [];
    const onAlert = heir.responder.onAlert;
    heir.responder.onAlert = (alert) => {
      seen.push(alert.id);
      return onAlert(alert);
    };
    await readUntil(log, heir, async () => heir.register.get('PS-000000')?.enabled === false);
    expect(seen).toEqual(['second']);
    await log.close();
  });
});
