import { expect, it } from 'vitest';
import { createCommandTopicConnector } from '#libs/adapters/command-topic/connector.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { T0 } from '../../../support/sample-alert.ts';

const WHY = { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 };

it('writes commands keyed by account, in order, with CloudEvents headers', async () => {
  const log = openMemoryLog({ nowMs: () => T0 });
  await log.createTopics([{ name: 'vigie.commands', partitions: 1, compacted: false }]);
  const connector = createCommandTopicConnector({ log, topic: 'vigie.commands' });
  await connector.disable('PS-1', WHY);
  await connector.endSessions('PS-1', WHY);
  const written: unknown[] = [];
  for await (const { records } of log.read({ topic: 'vigie.commands', from: new Map([[0, 0]]) })) {
    for (const { key, value, headers } of records) {
      const { command, account, action } = JSON.parse(String(Buffer.from(value!)));
      written.push([String(Buffer.from(key!)), account, command, action, headers.get('ce_type'), headers.get('ce_id')]);
    }
  }
  expect(written).toEqual([
    ['PS-1', 'PS-1', 'disable', 'act-1', 'vigie.command', `act-1:disable:${T0}`],
    ['PS-1', 'PS-1', 'end_sessions', 'act-1', 'vigie.command', `act-1:end_sessions:${T0}`],
  ]);
  await log.close();
});

it('a log that fails, or does not answer, may have taken the command', async () => {
  const log = openMemoryLog({ nowMs: () => T0 });
  const missing = createCommandTopicConnector({ log, topic: 'nowhere' });
  expect(await missing.disable('PS-1', WHY)).toMatchObject({ outcome: 'unknown', detail: 'TopicMissingError' });
  log.append = () => new Promise<void>(() => {});
  const hung = createCommandTopicConnector({ log, topic: 'nowhere', appendTimeoutMs: 20 });
  expect(await hung.disable('PS-1', WHY)).toEqual({ outcome: 'unknown', detail: 'no answer in 20 ms' });
  await log.close();
});
