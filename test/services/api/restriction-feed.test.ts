import { expect, it } from 'vitest';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import type { AccountRestriction } from '#libs/model/action-record.ts';
import { feedRestrictions, restrictionOfRecord } from '#services/api/restriction-feed.ts';
import { createOutbound } from '#services/responder/outbound.ts';
import { sampleRestriction } from '../../support/sample-action.ts';
import { T0 } from '../../support/sample-alert.ts';

const TOPIC = 'vigie.restrictions';
const outbound = createOutbound({ productVersion: '0', language: 'en' });
const recordOf = (restriction: AccountRestriction) => {
  const { key, body } = outbound.restriction(restriction, T0);
  return { topic: TOPIC, key, value: Buffer.from(body) };
};

it('fills the list before it is used, and goes on as others decide', async () => {
  const log = openMemoryLog({ nowMs: () => T0 });
  await log.createTopics([{ name: TOPIC, partitions: 2, compacted: true }]);
  const other = sampleRestriction({ accountId: 'PS-2', restriction: 'throttle', newPerHour: 5, untilMs: T0 + 1000 });
  await log.append([recordOf(sampleRestriction()), recordOf(other)]);
  await log.append([{ topic: TOPIC, key: 'PS-3', value: Buffer.from('{"restriction":"suspended"}') }]);
  const list = createRestrictionList();
  const rejected: number[] = [];
  const stop = new AbortController();
  const feed = await feedRestrictions(log, TOPIC, list, stop.signal, (offset) => rejected.push(offset));
  expect(list.get('PS-000123')).toEqual(sampleRestriction());
  expect(list.get('PS-2')).toEqual(other);
  expect(rejected).toHaveLength(1);
  await log.append([recordOf(sampleRestriction({ restriction: 'none', actionId: '', seq: 2 }))]);
  await expect.poll(() => list.get('PS-000123')).toBeUndefined();
  stop.abort();
  await feed.following;
  await log.close();
});

it('takes nothing that is no restriction', () => {
  for (const text of ['', 'x', '[]', '{"account":"a","restriction":"closed","seq":1}']) {
    expect(restrictionOfRecord(Buffer.from(text))).toBeUndefined();
  }
  expect(restrictionOfRecord(null)).toBeUndefined();
});
