/**
 * The detector on a real Kafka (KAFKA_BROKERS, else a container): throughput and CPU of the detector's own process over a
 * backlog, latency from append to alert at steady rates, cost of checkpoints, time to recover. One run of each: the broker
 * shares the machine, so rates are what this machine gives, and CPU figures are the detector's alone.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import { KafkaContainer } from '../integration/kafka/kafka-container.ts';
import { kafkaImage } from '../integration/kafka/kafka-image.ts';
import { install, VigieProcess } from '../integration/kafka/vigie-process.ts';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';

const PARTITIONS = 12;
const ACCOUNTS = 20_000;
const TICKS_PER_S = 100; // of the machine's accounting, see getconf CLK_TCK

/** @param events size of the backlog */
export async function benchKafka(events = Number(process.env.VIGIE_BENCH_EVENTS || 3_000_000)): Promise<Figures> {
  const given = process.env.KAFKA_BROKERS;
  const container = given ? undefined : await new KafkaContainer(kafkaImage()).start();
  const brokers = given ?? container!.broker;
  const log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'bench' });
  try {
    return { ...(await backlog(log, brokers, events)), ...(await latency(log, brokers)) };
  } finally {
    await log.close();
    await container?.stop({ timeout: 0 });
  }
}

async function backlog(log: EventLog, brokers: string, events: number): Promise<Figures> {
  const topics = await createTopics(log);
  say(`appending ${events} events of ${ACCOUNTS} accounts`);
  const days = Math.ceil(events / (ACCOUNTS * 100)) + 1;
  await append(log, topics, createSimulation({ accounts: ACCOUNTS, days }).deliveries(), events);
  const installation = await install(brokers, topics.alerts.replace('.alerts', ''), {
    detector: { checkpoints: 'checkpoints', checkpoint_seconds: 60 },
    metrics: { port: 19_464 },
  });
  const first = new VigieProcess('detector', installation);
  try {
    await first.until((p) => p.events('partition_opened').length === PARTITIONS);
    say('folding');
    const steady = await waitForEvents(19_464, events / 10);
    const cpuBefore = cpuSeconds(first);
    const begun = performance.now();
    const done = await waitForEvents(19_464, events);
    const seconds = (performance.now() - begun) / 1000;
    const cpu = cpuSeconds(first) - cpuBefore;
    const folded = done - steady;
    const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${first.child.pid}/status`, 'utf8'))![1]) * 1024;
    await first.signal('SIGTERM');

    const again = new VigieProcess('detector', installation);
    const restarted = performance.now();
    await again.until((p) => p.events('partition_opened').length === PARTITIONS);
    const recoverMs = performance.now() - restarted;
    await again.signal('SIGKILL');
    return {
      kafka_events_per_s: figureOf([folded / seconds], 'events/s'),
      kafka_cpu_s_per_million: figureOf([(cpu / folded) * 1e6], 'CPU-seconds per million events'),
      kafka_detector_rss: figureOf([rss], 'bytes'),
      kafka_recovery_ms: figureOf([recoverMs], 'ms from process start to all partitions open, from checkpoints'),
    };
  } finally {
    await first.signal('SIGKILL');
  }
}

async function latency(log: EventLog, brokers: string): Promise<Figures> {
  const figures: Figures = {};
  const attack = parseAttack('sweep:rate=900,people=400');
  if (!attack.ok) throw new Error(attack.error);
  for (const rate of [2000, 5000]) {
    const topics = await createTopics(log);
    const config: Partial<SimulationConfig> = {
      accounts: 300,
      days: 8,
      warmUpDays: 5,
      attacks: Array.from({ length: 80 }, () => attack.value),
    };
    const records = [...createSimulation(config).deliveries()];
    const paced = Math.min(rate * 30, Math.floor(records.length / 3));
    await append(log, topics, records.slice(0, -paced), records.length);
    const vigie = new VigieProcess(
      'detector',
      await install(brokers, topics.alerts.replace('.alerts', ''), { metrics: { port: 19_465 } }),
    );
    try {
      await vigie.until((p) => p.events('partition_opened').length === PARTITIONS);
      await waitForEvents(19_465, records.length - paced);
      say(`${rate} events/s for ${Math.round(paced / rate)} s`);
      const appendedMs = await appendPaced(log, topics, records.slice(-paced), rate);
      await waitForEvents(19_465, records.length);
      const delays = (await alertDelays(log, topics, appendedMs)).sort((a, b) => a - b);
      const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]!;
      const name = rate === 2000 ? 'kafka_alert_latency_ms' : `kafka_alert_latency_${rate}_ms`;
      say(`${delays.length} alerts`);
      figures[`${name}_p50`] = figureOf(
        [at(0.5)],
        `ms from append to alert at ${rate} events/s, ${delays.length} alerts`,
      );
      figures[`${name}_p99`] = figureOf(
        [at(0.99)],
        `ms from append to alert at ${rate} events/s, ${delays.length} alerts`,
      );
    } finally {
      await vigie.signal('SIGKILL');
    }
  }
  return figures;
}

async function createTopics(log: EventLog): Promise<TopicNames> {
  const prefix = `b${randomUUID().slice(0, 8)}`;
  const topics = topicNames(prefix, `${prefix}.access`);
  await log.createTopics(topicSpecs(topics, PARTITIONS).map((spec) => ({ ...spec, retentionMs: -1 })));
  return topics;
}

interface Delivery {
  readonly line: string;
  readonly accountId: string;
  readonly timeMs: number;
}

const toRecord = (topics: TopicNames, { line, accountId }: Delivery): NewRecord => ({
  topic: topics.access,
  key: accountId,
  value: Buffer.from(line, 'utf8'),
});

async function append(log: EventLog, topics: TopicNames, deliveries: Iterable<Delivery>, most: number): Promise<void> {
  let some: NewRecord[] = [];
  let count = 0;
  for (const delivery of deliveries) {
    some.push(toRecord(topics, delivery));
    if (++count === most) break;
    if (some.length < 5000) continue;
    await log.append(some);
    some = [];
  }
  await log.append(some);
}

/** Appends at a steady rate in steps of 10 ms; returns when each account's event was appended, by account and event time. */
async function appendPaced(log: EventLog, topics: TopicNames, deliveries: readonly Delivery[], rate: number) {
  const appendedMs = new Map<string, number>();
  const step = Math.max(1, Math.round(rate / 100));
  const begun = performance.now();
  const sent: Promise<void>[] = [];
  for (let at = 0; at < deliveries.length; at += step) {
    const wait = begun + (at / rate) * 1000 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const some = deliveries.slice(at, at + step);
    const nowMs = Date.now();
    for (const d of some) appendedMs.set(`${d.accountId}/${d.timeMs}`, nowMs);
    sent.push(log.append(some.map((d) => toRecord(topics, d))));
  }
  await Promise.all(sent);
  return appendedMs;
}

/** Delays of the alerts that an event of the paced part has decided, ms; those decided by time alone have no event. */
async function alertDelays(
  log: EventLog,
  topics: TopicNames,
  appendedMs: ReadonlyMap<string, number>,
): Promise<number[]> {
  const delays: number[] = [];
  const from = new Map((await log.bounds(topics.alerts)).map((b) => [b.partition, b.first]));
  for await (const batch of log.read({ topic: topics.alerts, from })) {
    for (const record of batch.records) {
      const { unmapped } = JSON.parse(Buffer.from(record.value!).toString('utf8')) as AlertRecord;
      const sentMs = appendedMs.get(`${unmapped.alert.account.id}/${unmapped.alert.timeMs}`);
      if (sentMs !== undefined) delays.push(record.arrivalMs - sentMs);
    }
  }
  return delays;
}
interface AlertRecord {
  readonly unmapped: { readonly alert: { readonly timeMs: number; readonly account: { readonly id: string } } };
}

/** Waits until the detector says that it has folded so many; returns how many it is then. */
async function waitForEvents(port: number, events: number): Promise<number> {
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const folded = Number(/^vigie_events_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0);
    if (folded >= events) return folded;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** User and system time of the process and its threads. */
function cpuSeconds({ child }: VigieProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
