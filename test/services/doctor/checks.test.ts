import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import type { DatabaseView } from '#libs/adapters/postgres/inspect.ts';
import type { AccountConnector, AccountView, CallOutcome } from '#libs/ports/accounts.ts';
import { COMMANDS_ONLY } from '#libs/ports/accounts.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { loadServiceConfig } from '#services/config/load.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { checkConnector, checkRoles } from '#services/doctor/check-connector.ts';
import { checkFolders, checkKey } from '#services/doctor/check-files.ts';
import { checkListener } from '#services/doctor/check-listener.ts';
import { checkLog } from '#services/doctor/check-log.ts';
import { checkDatabase } from '#services/doctor/check-store.ts';
import { examineAll } from '#services/doctor/examine-all.ts';
import type { Finding } from '#services/doctor/finding.ts';
import { examine } from '#services/doctor/finding.ts';
import { freePort } from '../../support/free-port.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const configOf = (change: object = {}) => {
  const file = join(folder, 'vigie.yaml');
  const value = { log: { kind: 'files', folder: 'log' }, key: { id: 'k1', file: 'key' }, ...change };
  writeFileSync(file, JSON.stringify(value));
  return loadServiceConfig(file);
};
const short = (findings: readonly Finding[]) => findings.map(({ part, verdict }) => `${part}: ${verdict}`);
const troubles = (findings: readonly Finding[]) => findings.filter(({ verdict }) => verdict !== 'ok');

describe('key and folders', () => {
  const key = (bytes: number, mode: number) => {
    writeFileSync(join(folder, 'key'), Buffer.alloc(bytes, 1));
    chmodSync(join(folder, 'key'), mode);
    return checkKey(configOf(), 32);
  };

  test.each([
    [32, 0o600, 'ok', ''],
    [32, 0o644, 'warning', 'chmod 600'],
    [16, 0o600, 'problem', '32 bytes'],
  ] as const)('a key of %i bytes with mode %o is %s', (bytes, mode, verdict, todo) => {
    const [finding] = key(bytes, mode);
    expect(finding).toMatchObject({ verdict });
    expect(finding!.todo).toContain(todo);
  });

  test('a key that is not there is a problem', () => {
    expect(short(checkKey(configOf(), 32))).toEqual(['key: problem']);
  });

  test('a folder may be there or still to be made; a file in its place is a problem', () => {
    writeFileSync(join(folder, 'plain'), '');
    const findings = checkFolders(
      configOf({
        detector: { checkpoints: 'to/be/made' },
        responder: { store_file: 'plain/actions.db', register_file: 'register.db' },
      }),
    );
    expect(short(findings)).toEqual([
      'folder log.folder: ok',
      'folder detector.checkpoints: ok',
      'folder of responder.store_file: problem',
      'folder of responder.register_file: ok',
    ]);
  });
});

describe('event log', () => {
  const topics = topicNames('d', 'd.access');
  const opened = async (without: readonly string[] = []) => {
    const log = openMemoryLog({ nowMs: () => NOW });
    const specs = topicSpecs(topics, 2).filter(({ name }) => !without.includes(name));
    await log.createTopics(specs.map((spec) => ({ ...spec, retentionMs: -1 })));
    return log;
  };
  const check = (log: EventLog) => checkLog({ log, topics, prefix: 'd', nowMs: () => NOW });
  const put = (log: EventLog, timeMs: number) =>
    log.append([{ topic: topics.access, key: 'a', value: Buffer.from('{}'), timeMs }]);

  test('all there and written to a minute ago: nothing is wrong', async () => {
    const log = await opened();
    await put(log, NOW - 60_000);
    const findings = await check(log);
    expect(troubles(findings)).toEqual([]);
    expect(findings.find(({ part }) => part === 'topic d.access')?.found).toContain('60 s old');
  });

  test('what is missing is named, with the command that makes it', async () => {
    const findings = troubles(await check(await opened([topics.journal, topics.access])));
    expect(findings.map(({ found }) => found)).toEqual([
      expect.stringContaining('d.access: missing'),
      expect.stringContaining('d.journal: missing'),
    ]);
    for (const { todo } of findings) expect(todo).toContain('vigie topics create');
  });

  test.each([
    [NOW + 3_600_000, 'clock: problem'],
    [NOW - 3 * 86_400_000, 'topic d.access: warning'],
  ])('a newest record of %i is spoken of', async (timeMs, expected) => {
    const log = await opened();
    await put(log, timeMs);
    expect(short(troubles(await check(log)))).toEqual([expected]);
  });

  test('an empty access log is spoken of', async () => {
    expect(short(troubles(await check(await opened())))).toEqual(['topic d.access: warning']);
  });

  test('rights that lack are said topic by topic, and for transactions', async () => {
    const log = await opened();
    await put(log, NOW);
    const refusing: EventLog = Object.assign(Object.create(log) as EventLog, {
      partitionCounts: (names: readonly string[]) => log.partitionCounts(names),
      read: (request: Parameters<EventLog['read']>[0]) => log.read(request),
      bounds: async (topic: string) => {
        if (topic === topics.alerts) throw new Error('Not authorized to access topics: [Topic authorization failed]');
        return log.bounds(topic);
      },
      openTransactional: async () => {
        throw new Error('The transactional id authorization failed');
      },
    });
    const findings = troubles(await check(refusing));
    expect(short(findings)).toEqual(['topic d.alerts: problem', 'transactions: problem']);
    expect(findings[0]!.todo).toContain('Read d.alerts');
  });
});

describe('database', () => {
  const view: DatabaseView = { serverVersion: 150_004, nowMs: NOW, missing: [], unknown: [], mayCreate: true };
  test.each<[string, Partial<DatabaseView>, string[]]>([
    ['of this version', {}, []],
    ['empty, and we may make tables', { missing: ['0001-response'] }, []],
    ['empty, and we may not', { missing: ['0001-response'], mayCreate: false }, ['store: problem']],
    ['of a newer version', { unknown: ['0099-later'] }, ['store: problem']],
    ['an old server', { serverVersion: 140_010 }, ['store: problem']],
    ['with another time', { nowMs: NOW + 30_000 }, ['clock: warning']],
  ])('%s', (_what, change, expected) => {
    expect(short(troubles(checkDatabase({ ...view, ...change }, NOW)))).toEqual(expected);
  });
});

describe('connectors', () => {
  const connector = (answer: CallOutcome<AccountView>) =>
    ({ name: 'x', read: async () => answer }) as unknown as AccountConnector;
  test.each<[string, CallOutcome<AccountView>, string]>([
    ['nobody found: all is well', { outcome: 'not_found', detail: '' }, 'ok'],
    ['refused', { outcome: 'denied', detail: 'HTTP 403' }, 'problem'],
    ['not reached', { outcome: 'unavailable', detail: 'ECONNREFUSED' }, 'problem'],
    ['only takes commands', { outcome: 'done', value: COMMANDS_ONLY }, 'warning'],
    ['knows everybody', { outcome: 'done', value: { ...COMMANDS_ONLY, readable: 'yes' } }, 'warning'],
  ])('%s', async (_what, answer, verdict) => {
    const [finding] = await checkConnector('connector x', connector(answer));
    expect(finding).toMatchObject({ part: 'connector x', verdict });
    expect(finding!.todo === '').toBe(verdict === 'ok');
  });

  test.each([
    [['manage-users', 'view-users'], 'ok', ''],
    [['view-users'], 'problem', 'manage-users'],
    [['manage-users', 'realm-admin'], 'warning', 'manage-users'],
  ] as const)('roles %j are %s', (roles, verdict, todo) => {
    const [finding] = checkRoles('connector keycloak', { outcome: 'done', value: roles });
    expect(finding).toMatchObject({ verdict });
    expect(finding!.todo).toContain(todo);
  });
});

test('a check that never answers or throws is a finding, and the next one goes on', async () => {
  const hung = await examine('x', 'look', 10, () => new Promise(() => {}));
  expect(hung).toMatchObject([{ verdict: 'problem', found: 'no answer within 0.01 s', todo: 'look' }]);
  const thrown = await examine('x', 'look', 1000, async () => {
    throw new Error('first line\nsecond line');
  });
  expect(thrown).toMatchObject([{ verdict: 'problem', found: 'first line' }]);
});

test('nobody listening at an address is a problem', async () => {
  const port = await freePort();
  expect(await checkListener('notify soc', { host: '127.0.0.1', port })).toMatchObject({ verdict: 'problem' });
});

test('a whole configuration is looked at, whatever is wrong with parts of it, and nothing is made', async () => {
  const port = await freePort();
  writeFileSync(join(folder, 'policy.yaml'), 'respons: {}\n');
  const config = configOf({
    log: { kind: 'kafka', brokers: [`127.0.0.1:${port}`] },
    policy_file: 'policy.yaml',
    responder: { store_file: 'actions.db', register_file: 'register.db' },
    otlp: { endpoint: `http://127.0.0.1:${port}` },
  });
  const findings = await examineAll(config, () => NOW);
  expect(short(troubles(findings))).toEqual(['key: problem', 'policy: problem', 'log: problem', 'otlp: problem']);
  for (const { todo } of troubles(findings)) expect(todo).not.toBe('');
  expect(checkFolders(config)).toMatchObject([{ verdict: 'ok' }, { verdict: 'ok' }]);
});
