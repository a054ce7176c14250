import { describe, expect, it } from 'vitest';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { actionEvent, detectionFinding } from '#libs/formats/ocsf/index.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import type { Delivery, OutgoingMessage } from '#libs/ports/notifications.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { waitMs } from '#services/notifier/deliver.ts';
import { LEASE_MARGIN_MS, LEASE_MS, RENEW_EVERY_MS } from '#services/notifier/lease.ts';
import type { NotifierEvents, Route } from '#services/notifier/notifier.ts';
import { startNotifier } from '#services/notifier/notifier.ts';
import { createPublisher } from '#services/responder/publisher.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { sampleAction } from '../../support/sample-action.ts';
import { sampleAlert, T0 } from '../../support/sample-alert.ts';
import { createBench } from '../responder/bench.ts';

const ALERTS = 'vigie.alerts';
const ACTIONS = 'vigie.actions';
const source = { productVersion: '0', language: 'en' } as const;

async function createLog(): Promise<EventLog> {
  const log = openMemoryLog({ nowMs: () => T0 });
  const names = [ALERTS, ACTIONS, 'vigie.restrictions', 'vigie.controls'];
  await log.createTopics(names.map((name) => ({ name, partitions: 2, compacted: false })));
  return log;
}
const putAlert = (log: EventLog, id: string, change: Parameters<typeof sampleAlert>[0] = {}) =>
  log.append([
    {
      topic: ALERTS,
      key: 'PS-000123',
      value: Buffer.from(JSON.stringify(detectionFinding(sampleAlert({ id, ...change }), source))),
    },
  ]);

/** A receiver that answers in order, then takes everything. */
function receiver(name: string, answers: Delivery[] = [], change: Partial<Route> = {}) {
  const got: OutgoingMessage[] = [];
  const route: Route = {
    name,
    sink: {
      async deliver(message) {
        const answer = answers.shift() ?? { outcome: 'delivered' };
        if (answer.outcome === 'delivered') got.push(message);
        return answer;
      },
      close: async () => {},
    },
    rendering: { as: 'json', format: 'ecs' },
    kinds: new Set(['alert', 'notice', 'action']),
    fromSeverity: 1,
    ...change,
  };
  return { route, got, ids: () => got.map((m) => m.id.split(':')[0]) };
}

function start(
  log: EventLog,
  routes: Route[],
  positions = createMemoryStore(),
  instance = 'one',
  clock: Clock = new ManualClock(T0),
) {
  const told: string[] = [];
  const waits: number[] = [];
  const events: NotifierEvents = {
    delivered: () => {},
    refused: (route, id, detail) => void told.push(`refused ${route} ${id} ${detail}`),
    failed: (route, detail, failures) => void told.push(`failed ${route} ${detail} ${failures}`),
    rejected: (_topic, _partition, _offset, reason) => void told.push(`rejected ${reason}`),
    lost: (route, _topic, count) => void told.push(`lost ${route} ${count}`),
    readingFailed: (route) => void told.push(`reading ${route}`),
    leaseFailed: () => void told.push('lease'),
  };
  const sleep = async (ms: number) => {
    // The turns of several processes have their own pace.
    if (ms !== RENEW_EVERY_MS) waits.push(ms);
    await new Promise((resolve) => setTimeout(resolve, ms === RENEW_EVERY_MS ? 5 : 0));
  };
  const parts = { log, topics: [ALERTS, ACTIONS], positions, routes, events, sleep, clock, instance };
  const notifier = startNotifier(parts);
  /** Until every route stands where it begins. */
  const ready = () =>
    expect
      .poll(async () => {
        const kept = routes.flatMap((r) =>
          [0, 1].flatMap((p) => [ALERTS, ACTIONS].map((t) => positions.position(`notify:${r.name}:${t}`, p))),
        );
        return (await Promise.all(kept)).includes(undefined);
      })
      .toBe(false);
  return { notifier, told, waits, positions, ready };
}

const away: Delivery = { outcome: 'failed', detail: 'ECONNREFUSED' };

describe('notifier', () => {
  it('sends alerts and actions, each in the form asked for, from when the route is new', async () => {
    const log = await createLog();
    await putAlert(log, 'before');
    const [siem, mail] = [
      receiver('siem'),
      receiver('mail', [], { rendering: { as: 'mail', language: 'fr' }, kinds: new Set(['alert']), fromSeverity: 4 }),
    ];
    const { notifier, ready } = start(log, [siem.route, mail.route]);
    await ready();
    await putAlert(log, 'a1');
    await putAlert(log, 'a2', { severity: 'medium' });
    const value = Buffer.from(JSON.stringify(actionEvent(sampleAction({ state: 'verified' }), source)));
    await log.append([{ topic: ACTIONS, key: 'PS-000123', value }]);
    await expect.poll(() => siem.ids().sort()).toEqual(['a1', 'a2', 'act-1']);
    await expect.poll(mail.ids).toEqual(['a1']);
    expect(JSON.parse(String(siem.got.find((m) => m.id.startsWith('a1'))!.body))).toMatchObject({
      event: { kind: 'alert' },
    });
    expect(mail.got[0]).toMatchObject({ subject: expect.stringContaining('critique') });
    await notifier.stop();
    await log.close();
  });

  it('tries again with growing waits, in order, and holds up nobody else', async () => {
    const log = await createLog();
    const [down, up] = [receiver('down', Array(8).fill(away)), receiver('up')];
    const { notifier, ready, waits, told } = start(log, [down.route, up.route]);
    await ready();
    await putAlert(log, 'a1');
    await putAlert(log, 'a2');
    await expect.poll(up.ids).toEqual(['a1', 'a2']);
    await expect.poll(down.ids).toEqual(['a1', 'a2']);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(told.filter((t) => t.startsWith('failed'))).toHaveLength(8);
    expect(waitMs(1_000_000)).toBe(60_000);
    await notifier.stop();
    await log.close();
  });

  it('goes on where it was after a stop in the middle of an outage', async () => {
    const log = await createLog();
    const down = receiver('siem', Array(100_000).fill(away));
    const first = start(log, [down.route]);
    await first.ready();
    await putAlert(log, 'a1');
    await expect.poll(() => first.told.length).toBeGreaterThan(3);
    await first.notifier.stop();
    await putAlert(log, 'a2');
    const back = receiver('siem');
    const second = start(log, [back.route], first.positions);
    await expect.poll(back.ids).toEqual(['a1', 'a2']);
    await second.notifier.stop();
    const third = receiver('siem');
    const again = start(log, [third.route], first.positions);
    await putAlert(log, 'a3');
    await expect.poll(third.ids).toEqual(['a3']);
    await again.notifier.stop();
    await log.close();
  });

  it('goes on past what the receiver refuses and what is no record, and says so', async () => {
    const log = await createLog();
    const picky = receiver('siem', [{ outcome: 'refused', detail: 'HTTP 422' }]);
    const { notifier, ready, told } = start(log, [picky.route]);
    await ready();
    await putAlert(log, 'a1');
    await log.append([{ topic: ALERTS, key: 'PS-000123', value: Buffer.from('NIR 180056912345678') }]);
    await putAlert(log, 'a2');
    await expect.poll(picky.ids).toEqual(['a2']);
    expect(told).toContain('refused siem a1:1 HTTP 422');
    expect(told).toContain('rejected not JSON');
    expect(told.join()).not.toContain('18005');
    expect(told).toHaveLength(2);
    await notifier.stop();
    await log.close();
  });

  it('never stands in the way of a stop: every receiver is down, and the account is suspended all the same', async () => {
    const log = await createLog();
    const down = receiver('siem', Array(100_000).fill(away));
    const { notifier, ready, told } = start(log, [down.route]);
    await ready();
    const bench = createBench({ publish: createPublisher(log, 'vigie') });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(bench.register.get('PS-000123')?.enabled).toBe(false);
    await expect.poll(() => told.length).toBeGreaterThan(0);
    expect(down.got).toEqual([]);
    await notifier.stop();
    await log.close();
  });
});

describe('several notifiers on one store', () => {
  it('take turns: one sends, and another goes on where it ended', async () => {
    const log = await createLog();
    const store = createMemoryStore();
    const [here, there] = [receiver('siem'), receiver('siem')];
    const first = start(log, [here.route], store, 'one');
    await first.ready();
    const second = start(log, [there.route], store, 'two');
    for (const id of ['a1', 'a2', 'a3']) await putAlert(log, id);
    await expect.poll(here.ids).toEqual(['a1', 'a2', 'a3']);
    expect(there.ids()).toEqual([]);
    await first.notifier.stop();
    await putAlert(log, 'a4');
    await expect.poll(there.ids).toEqual(['a4']);
    await second.notifier.stop();
    await log.close();
  });

  it('one that stopped renewing loses its turn, and finds that out before it sends anything more', async () => {
    const log = await createLog();
    const store = createMemoryStore();
    const [here, there] = [receiver('siem'), receiver('siem')];
    const asleep = new ManualClock(T0);
    // Cut off from its store: it cannot renew, and knows how long its word holds.
    let reachable = true;
    const cutOff: ResponseStore = {
      ...store,
      caseDocument: (kind, id) => (reachable ? store.caseDocument(kind, id) : Promise.reject(new Error('away'))),
    };
    const first = start(log, [here.route], cutOff, 'one', asleep);
    await first.ready();
    reachable = false;
    await expect.poll(() => first.told).toContain('lease');
    asleep.advance(LEASE_MS);
    const late = new ManualClock(T0 + LEASE_MS + LEASE_MARGIN_MS + 1);
    const second = start(log, [there.route], store, 'two', late);
    await putAlert(log, 'a1');
    await expect.poll(there.ids).toEqual(['a1']);
    expect(here.ids()).toEqual([]);
    reachable = true;
    await putAlert(log, 'a2');
    await expect.poll(there.ids).toEqual(['a1', 'a2']);
    expect(here.ids()).toEqual([]);
    await first.notifier.stop();
    await second.notifier.stop();
    await log.close();
  });

  it('leave a turn alone that is hardly over: clocks differ', async () => {
    const log = await createLog();
    const store = createMemoryStore();
    const holder = { holder: 'gone', untilMs: T0 - LEASE_MARGIN_MS };
    const document = { kind: 'lease', id: 'notify', accountId: '', open: false, version: 1, updatedMs: T0 } as const;
    await store.commit({ cases: [{ ...document, body: JSON.stringify(holder) }] });
    const clock = new ManualClock(T0);
    const waiting = receiver('siem');
    const { notifier, ready } = start(log, [waiting.route], store, 'two', clock);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await store.position(`notify:siem:${ALERTS}`, 0)).toBeUndefined();
    clock.advance(1);
    await ready();
    await putAlert(log, 'a1');
    await expect.poll(waiting.ids).toEqual(['a1']);
    await notifier.stop();
    await log.close();
  });
});
