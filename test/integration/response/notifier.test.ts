import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metrics, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import { detectionFinding } from '#libs/formats/ocsf/index.ts';
import { loadServiceConfig } from '#services/config/load.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { startConfiguredNotifier } from '#services/start/notifier.ts';
import { sampleAlert } from '../../support/sample-alert.ts';
import { freshDatabase } from './fresh-database.ts';
import { describeWith } from './with-servers.ts';

describeWith(['postgres'], 'notifiers of two machines, their positions in one PostgreSQL', ({ postgres }) => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let folder: string;
  let received = '';
  const receiver = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received += bytes.toString('utf8');
    });
  });
  beforeAll(async () => {
    database = await freshDatabase(postgres);
    folder = mkdtempSync(join(tmpdir(), 'vigie-notifier-'));
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
  });
  afterAll(async () => {
    receiver.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('send every alert once between them: one works, and the other goes on where that one ended', async () => {
    const { port } = receiver.address() as AddressInfo;
    writeFileSync(join(folder, 'database-url'), `${database.url}\n`);
    const path = join(folder, 'vigie.yaml');
    const sink = { name: 'siem', type: 'syslog', host: '127.0.0.1', port, tls: false };
    writeFileSync(
      path,
      stringify({
        log: { kind: 'files', folder: 'log' },
        key: { id: 'k1', file: 'key' },
        notify: { positions_url_file: 'database-url', sinks: [sink] },
      }),
    );
    const config = loadServiceConfig(path);
    const log = openMemoryLog({ nowMs: Date.now });
    const topics = topicNames();
    await log.createTopics(topicSpecs(topics, 1));
    const start = (instance: string) =>
      startConfiguredNotifier({
        config,
        log,
        topics,
        instance,
        logger: () => {},
        metrics: { meter: metrics.getMeter('test'), tracer: trace.getTracer('test') },
        failed: () => {},
      });
    const put = async (id: string) => {
      const finding = JSON.stringify(detectionFinding(sampleAlert({ id }), { productVersion: '0', language: 'en' }));
      await log.append([{ topic: topics.alerts, key: 'PS-000123', value: Buffer.from(finding) }]);
    };
    const sent = () => [...received.matchAll(/\bexternalId=(\w+)/g)].map(([, id]) => id);

    const one = await start('one');
    // What came before a route was set up is not its own: its beginning is written down first.
    const store = await openPostgresStore({ url: database.url });
    await expect.poll(() => store.position(`notify:siem:${topics.alerts}`, 0), { timeout: 30_000 }).toBe(0);
    await store.close();
    const two = await start('two');
    await put('a1');
    await put('a2');
    await expect.poll(sent, { timeout: 30_000 }).toHaveLength(2);
    await one.stop();
    await put('a3');
    await expect.poll(sent, { timeout: 60_000 }).toHaveLength(3);
    await two.stop();
    expect(new Set(sent()).size).toBe(3);
    await log.close();
  });
});
