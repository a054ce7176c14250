import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { campaignsOf } from '../../libs/decide/campaign/signals.ts';
import { createPortalTopics, writtenRecords } from '../../support/portal-log.ts';
import { CAMPAIGN_SIGNALS, partitionSignals, SIGNALS_END } from '../../support/signal-log.ts';
import { install, VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

const PARTITIONS = 4;

describeWithKafka('correlator on Kafka, as processes', ({ brokers }) => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'correlator-test' });
  });
  afterAll(() => log.close());

  test('killed -9 and begun again while signals come: each campaign’s revisions once, as of an undisturbed run', async () => {
    const prefix = `k${randomUUID().slice(0, 8)}`;
    const topics = await createPortalTopics(log, prefix, PARTITIONS);
    const installation = await install(brokers, prefix, {
      correlator: { checkpoints: 'correlator', checkpoint_seconds: 1 },
    });
    const expected = campaignsOf(CAMPAIGN_SIGNALS).published.filter(({ timeMs }) => timeMs <= SIGNALS_END);
    expect(expected.length).toBeGreaterThan(0);
    const parts = Array.from({ length: PARTITIONS }, (_, p) => partitionSignals(topics.signals, p, PARTITIONS));
    const append = async (some: readonly NewRecord[]) => {
      for (let at = 0; at < some.length; at += 2000) await log.append(some.slice(at, at + 2000));
    };
    const lives: VigieProcess[] = [];
    try {
      for (let life = 0; life < 4; life++) {
        const vigie = new VigieProcess('correlator', installation);
        lives.push(vigie);
        await vigie.until((p) => p.events('correlator_opened').length === 1);
        // Unevenly, so that some partitions are far ahead.
        for (const [p, part] of parts.entries()) {
          await append(part.splice(0, life === 3 ? part.length : Math.ceil(part.length / (2 + p))));
        }
        if (life < 3) await vigie.signal(life === 1 ? 'SIGTERM' : 'SIGKILL');
      }
      let written = await writtenRecords(log, topics.alerts);
      while (written.length < expected.length) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        written = await writtenRecords(log, topics.alerts);
      }
      const told = written.map(({ content }) => (JSON.parse(content) as Finding).unmapped.campaign);
      told.sort((a, b) => a.timeMs - b.timeMs || a.revision - b.revision);
      expect(told).toEqual(expected);
      expect(lives.at(-1)!.events('correlator_opened')[0]).toMatchObject({ fromCheckpoint: true, missing: 0 });
    } finally {
      for (const vigie of lives) await vigie.signal('SIGKILL');
    }
  });
});

interface Finding {
  readonly unmapped: { readonly campaign: Campaign };
}
