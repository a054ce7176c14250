import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadServiceConfig } from '#services/config/load.ts';
import { openConfiguredLog } from '#services/config/open-log.ts';
import { portalRecords, TEST_KEY } from '../../support/portal-log.ts';
import { runVigie } from '../../support/run-vigie.ts';
import { selfSigned } from '../../support/self-signed.ts';
import type { StartedKafkaContainer } from './kafka-container.ts';
import { KafkaContainer } from './kafka-container.ts';
import { kafkaImage } from './kafka-image.ts';
import { unsecuredToken } from './unsecured-token.ts';
import { VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

const LOGIN = 'org.apache.kafka.common.security';
const MECHANISMS = 'SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER';
const BROKER_PEM = '/tmp/broker.pem';
const USER = 'vigie';

describeWithKafka('a broker that speaks TLS and asks who is there', ({ how }) => {
  if (how !== 'testcontainers') {
    test.skip(`needs a container with a configuration of its own; the broker of this run is ${how}`);
    return;
  }
  let kafka: StartedKafkaContainer;
  let folder: string;
  const password = randomUUID();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-tls-'));
    const { cert, key } = selfSigned();
    await writeFile(join(folder, 'ca.pem'), cert);
    await writeFile(join(folder, 'password'), `${password}\n`);
    await writeFile(join(folder, 'wrong'), 'wr0ng-secret');
    await writeFile(join(folder, 'token'), unsecuredToken(USER));
    await writeFile(join(folder, 'key'), TEST_KEY.key);
    kafka = await new KafkaContainer(kafkaImage(), {
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL',
      KAFKA_SASL_ENABLED_MECHANISMS: MECHANISMS,
      KAFKA_LISTENER_NAME_CLIENT_SASL_ENABLED_MECHANISMS: MECHANISMS,
      KAFKA_LISTENER_NAME_CLIENT_SCRAM___SHA___256_SASL_JAAS_CONFIG: `${LOGIN}.scram.ScramLoginModule required;`,
      KAFKA_LISTENER_NAME_CLIENT_SCRAM___SHA___512_SASL_JAAS_CONFIG: `${LOGIN}.scram.ScramLoginModule required;`,
      KAFKA_LISTENER_NAME_CLIENT_OAUTHBEARER_SASL_JAAS_CONFIG: `${LOGIN}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      KAFKA_LISTENER_NAME_CLIENT_SSL_KEYSTORE_TYPE: 'PEM',
      KAFKA_LISTENER_NAME_CLIENT_SSL_KEYSTORE_LOCATION: BROKER_PEM,
    })
      .withCopyContentToContainer([{ content: Buffer.concat([key, cert]), target: BROKER_PEM }])
      .start();
    for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) await addUser(mechanism);
  });
  afterAll(async () => {
    await kafka?.stop({ timeout: 0 });
  });

  /** By the broker's own tool, over its listener without encryption inside the container. */
  const addUser = async (mechanism: string) => {
    const command = ['kafka.admin.ConfigCommand', '--bootstrap-server', 'localhost:9094', '--alter'];
    const credential = `${mechanism}=[iterations=4096,password=${password}]`;
    const whose = ['--entity-type', 'users', '--entity-name', USER];
    const said = await kafka.exec([
      'java',
      '-cp',
      '/opt/kafka/libs/*',
      ...command,
      '--add-config',
      credential,
      ...whose,
    ]);
    expect(said.exitCode).toBe(0);
  };

  const configure = async (signIn: object, tls: object | true = { ca_file: 'ca.pem' }) => {
    const file = join(folder, `${randomUUID()}.yaml`);
    const config = {
      log: { kind: 'kafka', brokers: [kafka.broker], tls, sign_in: signIn },
      access_topic: 'portal.access',
      key: { id: TEST_KEY.id, file: 'key' },
      detector: { checkpoints: 'checkpoints', checkpoint_seconds: 1 },
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  };
  const scram = (mechanism: string, file = 'password') => ({ mechanism, username: USER, password_file: file });
  const open = async (file: string) => openConfiguredLog(loadServiceConfig(file));

  test.each([
    ['SCRAM-SHA-256', scram('scram-sha-256')],
    ['SCRAM-SHA-512', scram('scram-sha-512')],
    ['OAUTHBEARER', { mechanism: 'oauthbearer', token_file: 'token' }],
  ])('%s over TLS, with the authority of the configuration, lets in', async (_name, signIn) => {
    const log = await open(await configure(signIn));
    expect(await log.partitionCounts(['none'])).toEqual(new Map());
    await log.close();
  });

  test('a wrong password and an authority that is not known are refused at once, without the secret', async () => {
    const wrong = open(await configure(scram('scram-sha-512', 'wrong')));
    await expect(wrong).rejects.toThrow(/authenticat/i);
    await expect(wrong).rejects.not.toThrow(/wr0ng-secret/);
    await expect(open(await configure(scram('scram-sha-512'), true))).rejects.toThrow(/certificate|self.signed/i);
  });

  test('topics, detector and replay by the same configuration: what went out is what the replay says', async () => {
    const config = await configure(scram('scram-sha-512'));
    expect((await runVigie(['topics', 'create', '--config', config, '--partitions', '2'])).code).toBe(0);
    const log = await open(config);
    const vigie = new VigieProcess('detector', { folder, config });
    try {
      await vigie.until((p) => p.events('partition_opened').length === 2);
      const start = new Date(Date.now() - 13 * 86_400_000).toISOString().slice(0, 10);
      const records = portalRecords('portal.access', { start });
      for (let at = 0; at < records.length; at += 2000) await log.append(records.slice(at, at + 2000));
      await vigie.until((p) => p.events('alert_decided').length > 0);
      const address = `kafka://${kafka.broker}/portal.access`;
      const replay = await runVigie(['replay', address, '--config', config, '--format', 'json']);
      expect(replay.code).toBe(0);
      const { alerts } = JSON.parse(replay.stdout) as { alerts: unknown[] };
      expect(alerts.length).toBeGreaterThan(0);
      const wrong = await configure(scram('scram-sha-512', 'wrong'));
      const refused = await runVigie(['replay', address, '--config', wrong, '--format', 'json']);
      expect([refused.code, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toMatch(/authenticat/i);
    } finally {
      await vigie.signal('SIGKILL');
      await log.close();
    }
  });

  test('a simulation signs in as the services do, and says who let it not in', async () => {
    const config = await configure(scram('scram-sha-256'));
    const log = await open(config);
    const topic = `simulated.${randomUUID().slice(0, 8)}`;
    await log.createTopics([{ name: topic, partitions: 2, compacted: false }]);
    const to = ['--to', `kafka://${kafka.broker}/${topic}`];
    const some = ['simulate', '--accounts', '5', '--days', '2'];
    const made = await runVigie([...some, ...to, '--config', config]);
    expect(made.code, made.stderr).toBe(0);
    const file = await runVigie(some);
    const lines = file.stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.first]));
    const appended: string[] = [];
    for await (const { records } of log.read({ topic, from })) {
      for (const { value } of records) appended.push(Buffer.from(value!).toString('utf8'));
    }
    expect(appended.sort()).toEqual(lines.sort());
    await log.close();

    const wrong = await configure(scram('scram-sha-256', 'wrong'));
    const refused = await runVigie([...some, ...to, '--config', wrong]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/authenticat/i);
    expect(refused.stderr).not.toContain('wr0ng-secret');
    const files = join(folder, 'files.yaml');
    await writeFile(files, JSON.stringify({ log: { kind: 'files', folder }, key: { id: 'k', file: 'key' } }));
    expect((await runVigie([...some, ...to, '--config', files])).code).toBe(78);
    expect((await runVigie([...some, '--config', config])).code).toBe(2);
  });
});
