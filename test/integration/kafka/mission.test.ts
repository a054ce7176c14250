import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import type { EventLog, LogRecord } from '#libs/ports/event-log.ts';
import { readLatest } from '#libs/ports/read-latest.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { createPortalTopics, portalRecords } from '../../support/portal-log.ts';
import { install, VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

const DAY_MS = 86_400_000;
const json = (record: LogRecord) => JSON.parse(Buffer.from(record.value!).toString('utf8')) as Record<string, unknown>;

describeWithKafka('the mission on Kafka', ({ brokers }) => {
  let log: EventLog;
  let topics: TopicNames;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'mission-test' });
  });
  afterAll(() => log.close());

  /** The first record of a topic that fits, waiting for it. */
  const first = async (topic: string, fits: (record: LogRecord) => boolean): Promise<LogRecord> => {
    const stop = new AbortController();
    const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.first]));
    try {
      for await (const batch of log.read({ topic, from, follow: true, signal: stop.signal })) {
        const found = batch.records.find(fits);
        if (found) return found;
      }
    } finally {
      stop.abort();
    }
    throw new Error(`${topic} ended`);
  };

  test('a stolen account’s events on the topic -> alert -> account disabled -> action and restriction on their topics', async () => {
    const prefix = `m${randomUUID().slice(0, 8)}`;
    topics = await createPortalTopics(log, prefix, 4);
    const installation = await install(brokers, prefix, { policy_file: 'policy.yaml' });
    await writeFile(join(installation.folder, 'policy.yaml'), 'response:\n  auto_within_minutes: 20160\n');
    const start = new Date(Date.now() - 12 * DAY_MS).toISOString().slice(0, 10);
    const records = portalRecords(topics.access, { start, attacks: 1 });
    const registerFile = join(installation.folder, 'register.db');
    const register = new LocalRegister(registerFile);
    const ids = [...new Set(records.map((record) => record.key!))];
    const holder = { class: 'professional', profession: 'optician', department: '69', hasSecondFactor: true } as const;
    register.enter(ids.map((id) => ({ id, ...holder })));
    register.close();

    const vigie = new VigieProcess('all', installation);
    try {
      await vigie.until((p) => p.events('started').length === 1);
      expect(vigie.events('correlator_opened')).toHaveLength(1);
      const appendedMs = Date.now();
      for (let at = 0; at < records.length; at += 2000) await log.append(records.slice(at, at + 2000));
      const isSuspended = (record: LogRecord) => json(record).restriction === 'suspended';
      const restriction = await first(topics.restrictions, isSuspended);
      const accountId = Buffer.from(restriction.key!).toString('utf8');
      const ofAccount = (record: LogRecord) => Buffer.from(record.key!).toString('utf8') === accountId;
      const alert = await first(topics.alerts, ofAccount);
      // The verified record of the suspension itself: of lesser actions before it there may be some, too.
      const actionId = String(json(restriction).action);
      const isDone = ({ value }: LogRecord) =>
        Buffer.from(value!).includes(actionId) && Buffer.from(value!).includes('verified');
      const action = await first(topics.actions, (r) => ofAccount(r) && isDone(r));
      expect(restriction.arrivalMs).toBeLessThanOrEqual(action.arrivalMs);
      console.log(
        `appended ${records.length} events; first alert after ${alert.arrivalMs - appendedMs} ms, restriction after ` +
          `${restriction.arrivalMs - appendedMs} ms, action verified after ${action.arrivalMs - appendedMs} ms`,
      );
      expect(json(alert)).toMatchObject({ class_uid: 2004 });
      expect([3001, 7001]).toContain(json(action).class_uid);
      const latest = await readLatest(log, topics.restrictions);
      expect(json(latest.get(accountId)!)).toMatchObject({ account: accountId, restriction: 'suspended' });
      await vigie.signal('SIGTERM');
      const after = new LocalRegister(registerFile);
      expect(after.get(accountId)).toMatchObject({ enabled: false, sessions: 0 });
      after.close();
    } finally {
      await vigie.signal('SIGKILL');
    }
  });
});
