import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportPKCS8, generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { parsePolicy } from '#libs/model/policy/index.ts';
import { CommandFailure } from '#services/cli/exit-code.ts';
import type { KeeperConfig } from '#services/config/keepers.ts';
import { loadServiceConfig } from '#services/config/load.ts';
import { chosenKeepers, openKeepers } from '#services/start/keepers.ts';
import { ssfReceiver, ToldPortal, webhookReceiver } from '../../support/command-receivers.ts';
import { T0 } from '../../support/sample-alert.ts';

const WHY = { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 };
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let folder: string;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-keepers-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  rmSync(folder, { recursive: true });
});

const put = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `${content}\n`);
  return path;
};

/** A service's configuration with this responder part, read from a file as it is in earnest. */
function keepersOf(responder: string): readonly KeeperConfig[] {
  const lines = responder.split('\n').map((line) => `  ${line}`);
  const path = put(
    'vigie.yaml',
    ['log: { kind: files, folder: log }', 'key: { id: k1, file: key }', 'responder:', ...lines].join('\n'),
  );
  return loadServiceConfig(path).responder!.connectors!;
}

describe('configured keepers', () => {
  it('a chain of a portal by webhook and a receiver of shared signals, each told with its own secret', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const [portal, other] = [new ToldPortal(), new ToldPortal()];
    for (const p of [portal, other]) p.accounts.set('PS-1', { enabled: true, stepUp: false, sessions: 2 });
    const hook = await webhookReceiver(portal, SECRET, Date.now);
    const signals = await ssfReceiver(other, publicKey, 'https://vigie.example/', 'portal');
    const log = openMemoryLog({ nowMs: () => T0 });
    closing.push(hook.close, signals.close, () => log.close());
    put('hook.secret', SECRET);
    put('ssf.pem', await exportPKCS8(privateKey));
    const configs = keepersOf(`store_file: store.db
connectors:
  - { type: webhook, url: "${hook.url}", secret_files: [hook.secret], readable: true }
  - type: ssf
    url: "${signals.url}"
    issuer: https://vigie.example/
    audience: portal
    signing_key_file: ssf.pem
    signing_key_id: k1
    signing_algorithm: ES256`);
    const { connector, close } = openKeepers(configs, log, 'vigie');
    closing.push(close);
    expect(connector.name).toBe('chain');
    expect(await connector.disable('PS-1', WHY)).toEqual({ outcome: 'done', value: undefined });
    expect(await connector.endSessions('PS-1', WHY)).toEqual({ outcome: 'done', value: undefined });
    for (const p of [portal, other]) expect(p.accounts.get('PS-1')).toMatchObject({ enabled: false, sessions: 0 });
    expect(await connector.read('PS-1')).toMatchObject({ value: { enabled: false, readable: 'partly' } });
  });

  it('the policy says which of them act, and in which order', () => {
    const configs = keepersOf(`store_file: store.db
connectors:
  - { type: command_topic }
  - { type: local_register, register_file: register.db }
  - { name: second, type: local_register, register_file: other.db }`);
    const chosen = (...names: string[]) => chosenKeepers(configs, names).map(({ name, type }) => name ?? type);
    expect(chosen()).toEqual(['command_topic', 'local_register', 'second']);
    expect(chosen('second', 'command_topic')).toEqual(['second', 'command_topic']);
    expect(() => chosen('second', 'keycloak')).toThrow(
      'policy: connectors: "keycloak" is not set up in responder.connectors; there is: command_topic, local_register, second',
    );
  });

  it('a policy with a connector named twice, or as it was written before, is told what is wrong', () => {
    const problems = (text: string) => {
      const read = parsePolicy({ name: 'policy.yaml', text });
      return read.ok ? [] : read.error.map((problem) => problem.message);
    };
    expect(problems('connectors: [keycloak, scim]')).toEqual([]);
    expect(problems('connectors: [scim, scim]')).toEqual(['a connector is named twice']);
    expect(problems('connectors: [{ type: local_register }]')).toHaveLength(1);
  });

  it('one keeper alone is no chain', () => {
    const configs = keepersOf(`store_file: store.db
connectors: [{ type: local_register, register_file: register.db }]`);
    const log = openMemoryLog({ nowMs: () => T0 });
    const { connector, close } = openKeepers(configs, log, 'vigie');
    closing.push(close, () => log.close());
    expect(connector.name).toBe('local');
  });

  it.each([
    [
      'a secret that is not there',
      '{ type: scim, url: "https://id.example/scim", token_file: nowhere }',
      'does not exist',
    ],
    [
      'a secret that is none',
      '{ type: webhook, url: "https://p.example", secret_files: [short] }',
      'at least 24 bytes',
    ],
  ])('%s is a matter of configuration, told at the start', async (_what, keeper, says) => {
    put('short', 'whsec_c2hvcnQ=');
    const configs = keepersOf(`store_file: store.db\nconnectors: [${keeper}]`);
    const log = openMemoryLog({ nowMs: () => T0 });
    closing.push(() => log.close());
    const opening = () => openKeepers(configs, log, 'vigie');
    expect(opening).toThrow(CommandFailure);
    expect(opening).toThrow(says);
    expect(opening).not.toThrow('c2hvcnQ');
  });

  it.each([
    [
      'secrets over plain http to another machine',
      'store_file: s\nconnectors: [{ type: scim, url: "http://id.example/scim", token_file: t }]',
      'https',
    ],
    ['two stores', 'store_file: s\nstore_url_file: u\nregister_file: r', 'one of store_file and store_url_file'],
    ['no store', 'register_file: r', 'one of store_file and store_url_file'],
    ['no keeper', 'store_file: s', 'one of register_file and connectors'],
    [
      'two keepers of one name',
      'store_file: s\nconnectors: [{ type: command_topic }, { type: command_topic }]',
      'two connectors have one name',
    ],
    ['an empty list of keepers', 'store_file: s\nconnectors: []', 'connectors'],
    [
      'a secret in place of its file',
      'store_file: s\nconnectors: [{ type: scim, url: "https://i.example", token: abc }]',
      'token',
    ],
  ])('refuses %s', (_what, responder, says) => {
    expect(() => keepersOf(responder)).toThrow(says);
  });
});
