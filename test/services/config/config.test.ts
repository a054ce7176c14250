import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '#services/cli/exit-code.ts';
import { parseKafkaAddress } from '#services/config/kafka-address.ts';
import { loadServiceConfig, readSecret } from '#services/config/load.ts';
import { kafkaConnection } from '#services/config/open-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-config-'));
let number = 0;
const file = (text: string) => {
  const path = join(folder, `${number++}.yaml`);
  writeFileSync(path, text);
  return path;
};
const GOOD = `
log: { kind: kafka, brokers: ['a:9092', 'b:9093'], tls: { ca_file: ca.pem }, sign_in: { mechanism: scram-sha-512, username: vigie, password_file: password } }
key: { id: k1, file: key }
detector: { checkpoints: state/checkpoints }
`;

describe('service configuration', () => {
  test('paths are taken from the file’s folder, and what is not said has its default', () => {
    const config = loadServiceConfig(file(GOOD));
    expect(config).toMatchObject({ access_topic: 'portal.access', prefix: 'vigie', language: 'en' });
    expect(config.key.file).toBe(join(folder, 'key'));
    expect(config.detector).toEqual({ checkpoints: join(folder, 'state/checkpoints'), checkpoint_seconds: 60 });
  });

  test.each([
    ['log: {kind: kafka, brokers: [nohost]}\nkey: {id: k, file: f}', /log\.brokers\.0: host:port is needed/],
    ['log: {kind: smoke}\nkey: {id: k, file: f}', /log\.kind/],
    ['log: {kind: files, folder: x}\nkey: {id: k, file: f}\nsurprise: 1', /surprise/],
    [
      'log: {kind: kafka, brokers: [a:1], tls: {cert_file: c}}\nkey: {id: k, file: f}',
      /cert_file and key_file go together/,
    ],
    ['{', /line 1/],
    ['', /log/],
  ])('what is wrong is named with its field: %#', (text, message) => {
    expect(() => loadServiceConfig(file(text))).toThrow(message);
    expect(() => loadServiceConfig(file(text))).toThrow(expect.objectContaining({ exitCode: EXIT.configuration }));
  });

  test('a missing file, or a folder in its place, is said in words', () => {
    expect(() => loadServiceConfig(join(folder, 'none.yaml'))).toThrow(/does not exist/);
    expect(() => readSecret(folder)).toThrow(/is a directory/);
  });

  test('a password comes from its file without the line end, a token anew each time', async () => {
    writeFileSync(join(folder, 'password'), 'päss word\n');
    writeFileSync(join(folder, 'ca.pem'), 'certificate');
    const { log } = loadServiceConfig(file(GOOD));
    if (log.kind !== 'kafka') throw new Error('not the kind that was written');
    const connection = kafkaConnection(log);
    expect(connection.signIn).toEqual({ mechanism: 'scram-sha-512', username: 'vigie', password: 'päss word' });
    expect(connection.tls).toEqual({ ca: [Buffer.from('certificate')] });
    const path = join(folder, 'token');
    const { signIn } = kafkaConnection({ ...log, sign_in: { mechanism: 'oauthbearer', token_file: path } });
    if (signIn?.mechanism !== 'oauthbearer') throw new Error('another way to sign in');
    writeFileSync(path, 'one\n');
    expect(await signIn.token()).toBe('one');
    writeFileSync(path, 'two\n');
    expect(await signIn.token()).toBe('two');
  });
});

describe('Kafka address', () => {
  test('hosts, topic and options', () => {
    expect(parseKafkaAddress('kafka://a,b:9093/portal.access?from=2026-01-01')).toEqual({
      ok: true,
      value: { brokers: ['a:9092', 'b:9093'], topic: 'portal.access', options: new Map([['from', '2026-01-01']]) },
    });
  });

  test.each(['', 'file.ndjson', 'kafka://', 'kafka://host', 'kafka://host/'])(
    '%s is none, and says what one looks like',
    (text) => {
      expect(parseKafkaAddress(text)).toMatchObject({
        ok: false,
        error: expect.stringContaining('kafka://host:9092/topic'),
      });
    },
  );
});
