import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { alertOfFinding } from '#libs/formats/ocsf/index.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { IncidentLog } from '#services/replay/incident-log.ts';
import { alertsOf } from '#services/replay/json-result.ts';
import { createPortalTopics, portalRecords, undisturbedAlerts, writtenRecords } from '../../support/portal-log.ts';
import { runVigie } from '../../support/run-vigie.ts';
import { install, VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

describeWithKafka('a replay of the topic', ({ brokers }) => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'replay-test' });
  });
  afterAll(() => log.close());

  test('prints the incidents that the detector wrote, byte for byte', async () => {
    const prefix = `y${randomUUID().slice(0, 8)}`;
    const topics = await createPortalTopics(log, prefix, 4);
    const records = portalRecords(topics.access);
    for (let at = 0; at < records.length; at += 2000) await log.append(records.slice(at, at + 2000));
    const vigie = new VigieProcess('detector', await install(brokers, prefix));
    try {
      await vigie.until((p) => p.events('partition_opened').length === 4);
      const expected = await runVigie(['replay', `kafka://${brokers}/${topics.access}`, '--format', 'json']);
      expect(expected.code).toBe(0);
      const { run, alerts } = JSON.parse(expected.stdout) as { run: { events: number }; alerts: { last: string }[] };
      expect(run.events).toBeGreaterThan(records.length / 2);
      const undisturbed = await undisturbedAlerts(log, topics);
      while ((await writtenRecords(log, topics.alerts)).length < undisturbed.size) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      await vigie.signal('SIGTERM');
      const incidents = new IncidentLog();
      for (const { content } of await writtenRecords(log, topics.alerts)) {
        const alert = alertOfFinding(content);
        if (alert.ok && alert.value) incidents.take(alert.value);
      }
      expect(alerts.length).toBeGreaterThan(1);
      expect(JSON.stringify(alerts)).toBe(JSON.stringify(alertsOf({ incidents })));
    } finally {
      await vigie.signal('SIGKILL');
    }
  });
});
