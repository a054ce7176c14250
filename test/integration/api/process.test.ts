import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { detectionFinding } from '#libs/formats/ocsf/index.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { freePort } from '../../support/free-port.ts';
import { runVigie, startVigie } from '../../support/run-vigie.ts';
import { sampleAlert } from '../../support/sample-alert.ts';

const ID = 'PS-000123';

/** The product as it is started from a configuration file, asked by the commands as people type them, all real processes. */
describe('vigie start all, with API and notifications', () => {
  let folder: string;
  let config: string;
  let vigie: ReturnType<typeof startVigie>;
  let log = '';
  let syslog = '';
  const receiver = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      syslog += bytes.toString('utf8');
    });
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-process-'));
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const topics = topicNames();
    const events = await openFileLog({ folder: join(folder, 'log'), nowMs: Date.now });
    await events.createTopics(topicSpecs(topics, 1));
    const alert = sampleAlert({ timeMs: Date.now() - 1000 });
    const value = Buffer.from(JSON.stringify(detectionFinding(alert, { productVersion: '0', language: 'en' })));
    await events.append([{ topic: topics.alerts, key: ID, value }]);
    await events.close();
    const register = new LocalRegister(join(folder, 'register.sqlite'));
    register.enter([
      { id: ID, class: 'professional', profession: 'optician', department: '69', hasSecondFactor: true },
    ]);
    register.close();
    writeFileSync(join(folder, 'key'), 'k'.repeat(32));
    config = join(folder, 'vigie.yaml');
    writeFileSync(
      config,
      stringify({
        log: { kind: 'files', folder: 'log' },
        key: { id: 'k1', file: 'key' },
        detector: { checkpoints: 'checkpoints' },
        responder: { store_file: 'store.sqlite', register_file: 'register.sqlite' },
        api: { port: await freePort(), local_token_file: 'token' },
        notify: {
          positions_file: 'positions.sqlite',
          sinks: [
            {
              name: 'siem',
              type: 'syslog',
              host: '127.0.0.1',
              port: (receiver.address() as AddressInfo).port,
              tls: false,
            },
          ],
        },
      }),
    );
    vigie = startVigie(['start', 'all', '--config', config]);
    vigie.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  });
  afterAll(async () => {
    if (vigie.exitCode === null) {
      const ended = once(vigie, 'exit');
      vigie.kill('SIGTERM');
      await ended;
    }
    receiver.close();
    rmSync(folder, { recursive: true });
  });

  const ask = (...args: string[]) => runVigie([...args, '--config', config]);

  it('stops, shows, gives back, tells and proves', async () => {
    await expect.poll(() => log, { timeout: 30_000 }).toContain('"event":"started"');
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600);
    await expect
      .poll(async () => (await ask('incidents', 'a1f0')).stdout, { timeout: 30_000, interval: 500 })
      .toContain('suspend: verified');
    const back = await ask('reenable', ID, '--reason', 'called the practice');
    expect(back).toMatchObject({ code: 0, stdout: `${ID} is given back; 1 actions taken back.\n` });
    await expect
      .poll(() => syslog, { timeout: 10_000 })
      .toMatch(/<86>1 \S+ \S+ vigie \d+ action - \uFEFFCEF:0\|Vigie\|Vigie\|/);
    expect(syslog).toContain(`suid=${ID}`);
    const verified = await ask('audit', 'verify');
    expect(verified.stdout).toMatch(/^\d+ lines hold\./);
    expect((await ask('audit', 'list')).stdout).toContain('account.reenabled');
    expect(log).not.toContain(ID);
    const ended = once(vigie, 'exit');
    vigie.kill('SIGTERM');
    expect(await ended).toEqual([130, null]);
    expect(log).toContain('"event":"stopped"');
  });
});
