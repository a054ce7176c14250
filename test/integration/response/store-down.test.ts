import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metrics, trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { detectionFinding } from '#libs/formats/ocsf/index.ts';
import { loadServiceConfig } from '#services/config/load.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { startConfiguredResponder } from '#services/start/responder.ts';
import { freePort } from '../../support/free-port.ts';
import { sampleAlert } from '../../support/sample-alert.ts';
import { startLocalPostgres } from './local-postgres.ts';
import { describeWith } from './with-servers.ts';

const [STOPPED, NEXT] = ['PS-000001', 'PS-000002'];

describeWith(['postgres'], 'a responder whose PostgreSQL is away', () => {
  it('lives on: its gate goes on refusing, and the alert that comes meanwhile is acted upon afterwards', async () => {
    const server = await startLocalPostgres();
    const folder = mkdtempSync(join(tmpdir(), 'vigie-store-down-'));
    const path = (name: string) => join(folder, name);
    const register = new LocalRegister(path('register.sqlite'));
    register.enter(
      [STOPPED, NEXT].map((id) => ({
        id,
        class: 'professional',
        profession: 'optician',
        department: '69',
        hasSecondFactor: true,
      })),
    );
    register.close();
    writeFileSync(path('database-url'), server.url);
    const port = await freePort();
    writeFileSync(
      path('vigie.yaml'),
      stringify({
        log: { kind: 'files', folder: 'log' },
        key: { id: 'k1', file: 'key' },
        responder: { store_url_file: 'database-url', register_file: 'register.sqlite' },
        api: { port, local_token_file: 'token' },
      }),
    );
    const log = openMemoryLog({ nowMs: Date.now });
    const topics = topicNames();
    await log.createTopics(topicSpecs(topics, 1));
    const lines: string[] = [];
    const failures: Error[] = [];
    const service = await startConfiguredResponder({
      config: loadServiceConfig(path('vigie.yaml')),
      log,
      topics,
      instance: 'test',
      logger: (_level, event) => void lines.push(event),
      metrics: { meter: metrics.getMeter('test'), tracer: trace.getTracer('test') },
      failed: (error) => void failures.push(error),
    });
    const authorization = `Bearer ${readFileSync(path('token'), 'utf8').trim()}`;
    const restrictionOf = async (account: string): Promise<string> => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/restrictions/${account}`, { headers: { authorization } });
      return ((await answer.json()) as { restriction: string }).restriction;
    };
    const health = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
    const alertOn = async (id: string) => {
      const alert = sampleAlert({ id: `incident-${id}`, timeMs: Date.now(), account: { id } });
      const finding = JSON.stringify(detectionFinding(alert, { productVersion: '0', language: 'en' }));
      await log.append([{ topic: topics.alerts, key: id, value: Buffer.from(finding) }]);
    };
    const patience = { timeout: 60_000, interval: 100 };

    await alertOn(STOPPED);
    await expect.poll(() => restrictionOf(STOPPED), patience).toBe('suspended');
    await server.crash();
    await alertOn(NEXT);
    await expect.poll(() => lines, patience).toContain('alert_reading_broke_off');
    expect(await restrictionOf(STOPPED)).toBe('suspended');
    await expect.poll(health, patience).toBe(503);
    expect(failures).toEqual([]);

    await server.start();
    await expect.poll(() => restrictionOf(NEXT), patience).toBe('suspended');
    await expect.poll(health, patience).toBe(200);
    await service.stop();
    const after = new LocalRegister(path('register.sqlite'));
    expect([after.get(STOPPED)?.enabled, after.get(NEXT)?.enabled]).toEqual([false, false]);
    after.close();
    await log.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });
});
