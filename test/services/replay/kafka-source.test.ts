import { describe, expect, test } from 'vitest';
import { alertOfFinding } from '#libs/formats/ocsf/index.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { IncidentLog } from '#services/replay/incident-log.ts';
import { alertsOf } from '#services/replay/json-result.ts';
import { foldTopic, kafkaSource } from '#services/replay/kafka-source.ts';
import { Replay } from '#services/replay/replay.ts';
import { writtenRecords } from '../../support/portal-log.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { detector, portal, until } from '../detector/harness.ts';

const ALWAYS = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
const OFF = { containment: 'off' } as const;

async function replayed(log: EventLog, topic: string, over: Partial<typeof ALWAYS> = {}) {
  const replay = new Replay({ lanes: [{ name: 'policy', policy: defaultPolicy(), ...OFF }] });
  const progress: [number, number][] = [];
  await foldTopic(
    replay,
    log,
    { topic, ...ALWAYS, ...over },
    {
      format: 'auto',
      signal: new AbortController().signal,
      warn: () => {},
      onProgress: (done, of) => progress.push([done, of]),
    },
  );
  replay.end();
  return { replay, progress };
}

/** A portal with a wrong record, an event that comes twice and one whose clock is wrong. */
async function lived() {
  const world = await portal();
  const { log, topics } = world;
  const [first] = world.records;
  const value = Buffer.from(
    Buffer.from(first!.value!)
      .toString()
      .replace(/"time":"\d{4}/, '"time":"2099'),
  );
  const odd: NewRecord[] = [first!, { ...first!, value: Buffer.from('not json') }, { ...first!, value }];
  await log.append([...world.records.slice(0, 500), ...odd, ...world.records.slice(500)]);
  const running = await detector(log, topics);
  const ends = await log.bounds(topics.access);
  await until(() => ends.every((b) => (running.reached.get(b.partition) ?? -1) >= b.end));
  await running.stop();
  const incidents = new IncidentLog();
  for (const { content } of await writtenRecords(log, topics.alerts)) {
    const alert = alertOfFinding(content);
    if (alert.ok && alert.value) incidents.take(alert.value);
  }
  return { ...world, running, incidents };
}

describe('a topic as the source of a replay', () => {
  test('gives the incidents that went out live, byte for byte, and the same rejections', async () => {
    const { log, topics, running, incidents } = await lived();
    const { replay, progress } = await replayed(log, topics.access);
    const [lane] = replay.lanes;
    expect(incidents.size).toBeGreaterThan(1);
    expect(JSON.stringify(alertsOf(lane))).toBe(JSON.stringify(alertsOf({ incidents })));
    expect(JSON.stringify(lane.incidents.sorted())).toBe(JSON.stringify(incidents.sorted()));
    expect(replay.rejections.total).toBe(running.count('recordRejected'));
    expect(replay.rejections.counts()).toEqual({ not_json: 1, time_ahead: 1 });
    expect(replay.duplicates).toBe(running.count('duplicateSeen'));
    expect(lane.actions.length).toBeGreaterThan(0);
    expect(progress.at(-1)![0]).toBe(progress.at(-1)![1]);
  });

  test('from and to choose by when a record came', async () => {
    const { log, topics } = await lived();
    const all = (await replayed(log, topics.access)).replay;
    const middle = all.fromMs + (all.toMs - all.fromMs) / 2;
    const before = (await replayed(log, topics.access, { toMs: middle })).replay;
    const after = (await replayed(log, topics.access, { fromMs: middle })).replay;
    expect(before.events).toBeGreaterThan(0);
    expect(after.events).toBeGreaterThan(0);
    expect(before.toMs).toBeLessThanOrEqual(middle + 300_000);
    expect(after.toMs).toBe(all.toMs);
    expect(before.events + after.events + before.duplicates + after.duplicates).toBe(all.events + all.duplicates);
  });

  test('an address is read, and what cannot be had with it is refused', async () => {
    expect(kafkaSource(['a.ndjson', '-'], OFF)).toBeUndefined();
    expect(kafkaSource(['kafka://h:1/t?from=2026-03-01&to=2026-03-01T08:00:00Z'], OFF)).toEqual({
      connection: { brokers: ['h:1'], clientId: 'vigie-replay' },
      topic: 't',
      fromMs: Date.UTC(2026, 2, 1),
      toMs: Date.UTC(2026, 2, 1, 8),
    });
    for (const [args, why] of [
      [['kafka://h/t', 'a.ndjson'], 'alone'],
      [['kafka://h/t?form=2026-03-01'], 'only from and to'],
      [['kafka://h/t?from=yesterday'], 'date or time'],
      [['kafka://h/'], 'names no topic'],
      [['kafka://h/t', '--containment', 'simulate'], 'one log in order'],
      [['a.ndjson', '--config', 'vigie.yaml'], 'no kafka:// source'],
    ] as const) {
      const run = await runInProcess(['replay', ...args]);
      expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(why)]);
    }
  });
});
