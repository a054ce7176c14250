import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { detectionFinding } from '#libs/formats/ocsf/index.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { freePort } from '../../support/free-port.ts';
import { sampleAlert } from '../../support/sample-alert.ts';
import { VigieProcess } from '../kafka/vigie-process.ts';
import { startLocalPostgres } from './local-postgres.ts';
import { describeWith } from './with-servers.ts';

const ACCOUNT = 'PS-000001';

describeWith(['postgres'], 'a responder that is started while its PostgreSQL is away', () => {
  it('starts, says what it waits for, and acts on what has come meanwhile once the server is there', async () => {
    const server = await startLocalPostgres();
    await server.crash();
    const folder = mkdtempSync(join(tmpdir(), 'vigie-store-away-'));
    const path = (name: string) => join(folder, name);
    const register = new LocalRegister(path('register.sqlite'));
    const who = { class: 'professional', profession: 'optician', department: '69', hasSecondFactor: true } as const;
    register.enter([{ id: ACCOUNT, ...who }]);
    register.close();
    const topics = topicNames();
    const log = await openFileLog({ folder: path('log'), nowMs: Date.now });
    await log.createTopics(topicSpecs(topics, 1));
    const alert = sampleAlert({ id: 'incident', timeMs: Date.now(), account: { id: ACCOUNT } });
    const finding = JSON.stringify(detectionFinding(alert, { productVersion: '0', language: 'en' }));
    await log.append([{ topic: topics.alerts, key: ACCOUNT, value: Buffer.from(finding) }]);
    await log.close();
    writeFileSync(path('database-url'), server.url);
    const [port, apiPort] = [await freePort(), await freePort()];
    const config = {
      log: { kind: 'files', folder: 'log' },
      key: { id: 'k1', file: 'key' },
      responder: { store_url_file: 'database-url', register_file: 'register.sqlite' },
      metrics: { port },
      api: { port: apiPort, local_token_file: 'token' },
    };
    writeFileSync(path('vigie.yaml'), JSON.stringify(config));
    const health = () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ status }) => status,
        () => 0,
      );
    const patience = { timeout: 60_000, interval: 100 };

    const responder = new VigieProcess('responder', { folder, config: path('vigie.yaml') });
    try {
      await responder.until((p) => p.events('store_awaited').length > 1);
      expect(responder.events('store_awaited')[0]).toMatchObject({ level: 'warn', waiting: 'responder' });
      expect(await health()).toBe(503);
      expect(responder.events('started')).toEqual([]);

      await server.start();
      await responder.until((p) => p.events('started').length === 1);
      expect(await health()).toBe(200);
      const authorization = `Bearer ${readFileSync(path('token'), 'utf8').trim()}`;
      const restriction = async () => {
        const answer = await fetch(`http://127.0.0.1:${apiPort}/v1/restrictions/${ACCOUNT}`, {
          headers: { authorization },
        });
        return ((await answer.json()) as { restriction: string }).restriction;
      };
      await expect.poll(restriction, patience).toBe('suspended');

      await responder.signal('SIGTERM');
      expect(responder.child.exitCode, responder.said()).toBe(130);
      const after = new LocalRegister(path('register.sqlite'));
      expect(after.get(ACCOUNT)?.enabled).toBe(false);
      after.close();
      await server.crash();
      const again = new VigieProcess('responder', { folder, config: path('vigie.yaml') });
      await again.until((p) => p.events('store_awaited').length > 0);
      await again.signal('SIGTERM');
      expect(again.child.exitCode, again.said()).toBe(130);
    } finally {
      await responder.signal('SIGKILL');
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
