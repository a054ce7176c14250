import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJsonLinesSink } from '#libs/adapters/json-lines/sink.ts';
import type { OutboundRecord } from '#libs/ports/store.ts';
import { T0 } from '../../../support/sample-alert.ts';

const record = (id: string, topic: OutboundRecord['topic'] = 'actions'): OutboundRecord => ({
  id,
  topic,
  key: 'PS-é',
  type: 'vigie.action',
  timeMs: T0,
  body: '{"class_uid":3001}',
});

describe('JSON lines sink', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'vigie-lines-')), 'topics');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));
  const ids = (name = 'actions') =>
    readFileSync(join(folder, `${name}.ndjson`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).id);

  it('writes one object a line, one file a topic', async () => {
    const sink = openJsonLinesSink(folder);
    await sink.publish(record('a'));
    await sink.publish(record('r', 'restrictions'));
    sink.close();
    expect(JSON.parse(readFileSync(join(folder, 'actions.ndjson'), 'utf8'))).toEqual({
      id: 'a',
      type: 'vigie.action',
      key: 'PS-é',
      time: '2026-03-02T08:00:00.000Z',
      data: { class_uid: 3001 },
    });
    expect(ids('restrictions')).toEqual(['r']);
  });

  it('writes a record once, in one process and over a restart', async () => {
    const first = openJsonLinesSink(folder);
    for (const id of ['a', 'a', 'b']) await first.publish(record(id));
    first.close();
    const second = openJsonLinesSink(folder);
    for (const id of ['a', 'b', 'c']) await second.publish(record(id));
    second.close();
    expect(ids()).toEqual(['a', 'b', 'c']);
  });

  it('cuts off a line that a dead process left unfinished, and writes it anew', async () => {
    const first = openJsonLinesSink(folder);
    await first.publish(record('a'));
    first.close();
    appendFileSync(join(folder, 'actions.ndjson'), '{"id":"b","type":"vigie.ac');
    const second = openJsonLinesSink(folder);
    await second.publish(record('b'));
    second.close();
    expect(ids()).toEqual(['a', 'b']);
  });
});
