import { describe, expect, test } from 'vitest';
import { MemoryCheckpoints } from '#libs/adapters/memory/checkpoints.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { alertOfFinding } from '#libs/formats/ocsf/index.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { startCorrelator } from '#services/correlator/correlator.ts';
import { advanceClock, createClocks, watermark } from '#services/correlator/watermark.ts';
import { campaignsOf, HOUR } from '../../libs/decide/campaign/signals.ts';
import { TEST_SOURCE, writtenRecords } from '../../support/portal-log.ts';
import { CAMPAIGN_SIGNALS, partitionSignals, SIGNALS_END } from '../../support/signal-log.ts';
import { until } from '../detector/harness.ts';

const TOPICS = { signals: 'c.signals', alerts: 'c.alerts' };
const PARTITIONS = 3;
const QUARTER = 900_000;
async function world() {
  const log = openMemoryLog({ nowMs: () => 0 });
  await log.createTopics([
    { name: TOPICS.signals, partitions: PARTITIONS, compacted: false },
    { name: TOPICS.alerts, partitions: 2, compacted: false },
  ]);
  return { log, checkpoints: new MemoryCheckpoints() };
}

async function correlator(log: EventLog, checkpoints = new MemoryCheckpoints(), checkpointEveryMs = 3_600_000) {
  const failed = Promise.withResolvers<Error>();
  const seen = { watermarkMs: 0, opened: [] as unknown[] };
  const running = await startCorrelator({
    log,
    topics: TOPICS,
    transactionalId: 'c.correlator',
    checkpoints,
    checkpointEveryMs,
    source: TEST_SOURCE,
    clock: { nowMs: () => 0 },
    events: {
      opened: (e) => seen.opened.push(e),
      batchTaken: ({ watermarkMs }) => {
        seen.watermarkMs = watermarkMs;
      },
      campaignPublished: () => {},
    },
    failed: failed.resolve,
  });
  return { seen, failed: failed.promise, stop: () => running.stop() };
}

const byId = (records: { id: string; content: string }[]) =>
  [...records].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, content }) => ({ id, content }));

/** All of the signals, written as `order` says, and what one correlator makes of them. */
async function published(order: readonly number[][]) {
  const { log } = await world();
  const running = await correlator(log);
  const records = Array.from({ length: PARTITIONS }, (_, p) => partitionSignals(TOPICS.signals, p, PARTITIONS));
  for (const [p, share] of order as [number, number][]) {
    const some = records[p]!.splice(0, Math.ceil(records[p]!.length * share));
    for (let at = 0; at < some.length; at += 100) await log.append(some.slice(at, at + 100));
  }
  for (const rest of records) await log.append(rest);
  await until(() => running.seen.watermarkMs >= SIGNALS_END);
  await running.stop();
  return writtenRecords(log, TOPICS.alerts);
}

describe('correlator', () => {
  test('names the campaign that the signals show, as a finding that is no alert on an account', async () => {
    const written = await published([]);
    const findings = written.map((r) => JSON.parse(r.content) as { unmapped: { campaign: Campaign } });
    const told = findings.map(({ unmapped }) => unmapped.campaign);
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual(campaignsOf(CAMPAIGN_SIGNALS).published.filter(({ timeMs }) => timeMs <= SIGNALS_END));
    expect(findings[0]).toMatchObject({ class_uid: 2004, finding_info: { types: ['campaign', told[0]!.kind] } });
    for (const { content } of written) expect(alertOfFinding(content)).toEqual({ ok: true, value: undefined });
  });

  test('the same whatever order the partitions come in', async () => {
    const calm = byId(await published([]));
    expect(calm.length).toBeGreaterThan(0);
    expect(
      byId(
        await published([
          [2, 1],
          [0, 0.5],
          [1, 1],
        ]),
      ),
    ).toEqual(calm);
    expect(
      byId(
        await published([
          [1, 0.1],
          [2, 0.9],
          [0, 0.2],
          [1, 0.5],
        ]),
      ),
    ).toEqual(calm);
  });

  test.each([
    ['with', 0],
    ['without', 3_600_000],
  ] as const)('stopped and taken over %s checkpoints: nothing twice, nothing missing', async (_how, everyMs) => {
    const calm = byId(await published([]));
    const { log, checkpoints } = await world();
    const records = Array.from({ length: PARTITIONS }, (_, p) => partitionSignals(TOPICS.signals, p, PARTITIONS));
    for (let life = 0; life < 4; life++) {
      for (const some of records)
        await log.append(some.splice(0, life === 3 ? some.length : Math.ceil(some.length / 3)));
      const kept = everyMs === 0 ? checkpoints : new MemoryCheckpoints();
      const running = await correlator(log, kept, everyMs);
      const ends = await log.bounds(TOPICS.signals);
      expect(running.seen.opened).toMatchObject([{ fromCheckpoint: everyMs === 0 && life > 0, missing: 0 }]);
      await until(() => running.seen.watermarkMs > 0 && (life < 3 || running.seen.watermarkMs >= SIGNALS_END));
      expect(ends).toHaveLength(PARTITIONS);
      await running.stop();
    }
    // From nothing but the topic: everything is found again, and is out already.
    const again = await correlator(log);
    await until(() => again.seen.watermarkMs >= SIGNALS_END);
    await again.stop();
    expect(again.seen.opened).toMatchObject([{ fromCheckpoint: false, published: calm.length }]);
    expect(byId(await writtenRecords(log, TOPICS.alerts))).toEqual(calm);
  });

  test('a newer one fences the older one, which ends without having written anything of its own', async () => {
    const calm = byId(await published([]));
    const { log } = await world();
    const old = await correlator(log);
    const heir = await correlator(log);
    for (let p = 0; p < PARTITIONS; p++) await log.append(partitionSignals(TOPICS.signals, p, PARTITIONS));
    await until(() => heir.seen.watermarkMs >= SIGNALS_END);
    expect((await old.failed).message).toMatch(/held by a newer instance/);
    await old.stop();
    await heir.stop();
    expect(byId(await writtenRecords(log, TOPICS.alerts))).toEqual(calm);
  });
});

describe('watermark', () => {
  test('is the slowest partition’s clock; one that rests holds up a quarter of an hour at most', () => {
    const clocks = createClocks(3);
    advanceClock(clocks, 0, 10 * HOUR);
    advanceClock(clocks, 1, 12 * HOUR);
    expect(watermark(clocks)).toBe(0);
    clocks.resting[2] = true;
    expect(watermark(clocks)).toBe(10 * HOUR);
    clocks.resting[0] = true;
    expect(watermark(clocks)).toBe(12 * HOUR - QUARTER);
    advanceClock(clocks, 2, 11 * HOUR);
    expect(watermark(clocks)).toBe(11 * HOUR);
    expect(clocks.firstMs).toBe(10 * HOUR);
  });
});
