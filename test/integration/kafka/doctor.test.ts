import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { install } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

const MAIN = new URL('../../../services/cli/main.ts', import.meta.url).pathname;

describeWithKafka('vigie doctor on Kafka', ({ brokers }) => {
  test('says what is missing, is content once it is there, and names a broker that is down', async () => {
    const installation = await install(brokers, `h${randomUUID().slice(0, 8)}`);
    chmodSync(join(installation.folder, 'key'), 0o600);
    const vigie = (config: string, ...args: string[]) =>
      spawnSync(process.execPath, [MAIN, ...args, '--config', config], { encoding: 'utf8' });
    const before = vigie(installation.config, 'doctor');
    expect(before.stdout).toMatch(/problem {2}topics: \S+\.access: missing/);
    expect(before.stdout).toContain('-> vigie topics create');
    expect(before.status).toBe(1);

    expect(vigie(installation.config, 'topics', 'create', '--partitions', '2').status).toBe(0);
    const after = vigie(installation.config, 'doctor', '--format', 'json');
    const { problems, findings } = JSON.parse(after.stdout);
    expect(findings).toContainEqual(expect.objectContaining({ part: 'transactions', verdict: 'ok' }));
    expect(findings).toContainEqual(expect.objectContaining({ part: 'topics', verdict: 'ok' }));
    expect(problems).toBe(0);
    expect(after.status).toBe(0);

    const elsewhere = await install('127.0.0.1:1', 'h');
    const down = vigie(elsewhere.config, 'doctor');
    expect(down.stdout).toContain('problem  log: 127.0.0.1:1: ');
    expect(down.status).toBe(1);
  });
});
