/**
 * The detector on a real Kafka (KAFKA_BROKERS, else a container): throughput and CPU of the detector's own process over a
 * backlog, latency from append to alert at steady rates, cost of checkpoints, time to take over and to recover. One run of each:
 * the broker shares the machine, so rates are what this machine gives, and CPU figures are the detector's alone. The process runs
 * as its image runs it (room for a batch in the young generation). VIGIE_BENCH_EVENTS makes the backlog smaller.
 */
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import { freePort, KafkaContainer } from '../integration/kafka/kafka-container.ts';
import { kafkaImage } from '../integration/kafka/kafka-image.ts';
import type { Installation } from '../integration/kafka/vigie-process.ts';
import { install, VigieProcess } from '../integration/kafka/vigie-process.ts';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';
import { IMAGE_FLAGS } from './image-flags.ts';
import { AlertReader, appendAll, appendPaced, createBenchTopics, PARTITIONS } from './kafka-load.ts';
import { cpuSeconds, eventsFolded, residentBytes, waitForEvents } from './watched-process.ts';

const ACCOUNTS = 20_000;
const RATES = [2000, 5000];
const PACED_SECONDS = 30;

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

/** Folds the backlog, then restarts on it, then lets a second instance take over from one stopped and from one killed. */
async function backlog(log: EventLog, brokers: string, events: number): Promise<Figures> {
  const topics = await createBenchTopics(log);
  say(`appending ${events} events of ${ACCOUNTS} accounts`);
  const days = Math.ceil(events / (ACCOUNTS * 100)) + 14;
  await appendAll(log, topics.access, createSimulation({ accounts: ACCOUNTS, days }).deliveries(), events);
  const at = (port: number) =>
    install(brokers, topics.prefix, {
      detector: { checkpoints: topics.folder, checkpoint_seconds: 60 },
      metrics: { port },
      log_level: 'debug',
    });
  const [homePort, neighbourPort] = [await freePort(), await freePort()];
  const home = await at(homePort);
  const neighbour = await at(neighbourPort);
  const running: VigieProcess[] = [];
  const start = (installation: Installation) => {
    const vigie = new VigieProcess('detector', installation, IMAGE_FLAGS);
    running.push(vigie);
    return vigie;
  };
  try {
    const first = start(home);
    await first.until((p) => held(p) === PARTITIONS);
    say('folding');
    const steady = await waitForEvents(homePort, events / 10);
    const cpuBefore = cpuSeconds(first);
    const begun = performance.now();
    const done = await waitForEvents(homePort, events);
    const seconds = (performance.now() - begun) / 1000;
    const cpu = cpuSeconds(first) - cpuBefore;
    const folded = done - steady;
    const rss = residentBytes(first);
    await first.signal('SIGTERM');

    const again = start(home);
    const recoveryMs = await timed(() => again.until((p) => held(p) === PARTITIONS));
    say('taking over');
    const second = start(neighbour);
    await second.until(() => held(second) === PARTITIONS / 2 && held(again) === PARTITIONS / 2);
    const stopMs = await timed(async () => {
      again.child.kill('SIGTERM');
      await second.until((p) => held(p) === PARTITIONS);
    });
    await again.exited;
    const third = start(home);
    await third.until(() => held(third) === PARTITIONS / 2 && held(second) === PARTITIONS / 2);
    const killMs = await timed(async () => {
      second.child.kill('SIGKILL');
      await third.until((p) => held(p) === PARTITIONS);
    });
    await third.signal('SIGTERM');
    return {
      kafka_events_per_s: figureOf([folded / seconds], 'events/s'),
      kafka_cpu_s_per_million: figureOf([(cpu / folded) * 1e6], 'CPU-seconds per million events'),
      kafka_detector_rss: figureOf([rss], 'bytes'),
      kafka_recovery_ms: figureOf([recoveryMs], 'ms from process start to all partitions open, from checkpoints'),
      kafka_takeover_stop_ms: figureOf([stopMs], 'ms from SIGTERM until the other instance has all partitions open'),
      kafka_takeover_kill_ms: figureOf([killMs], 'ms from SIGKILL until the other instance has all partitions open'),
      ...checkpointFigures([first, again]),
    };
  } finally {
    for (const vigie of running) await vigie.signal('SIGKILL');
  }
}

/** Partitions a process holds, by what it logs. */
const held = (p: VigieProcess): number => p.events('partition_opened').length - p.events('partition_released').length;

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Of the checkpoints that the processes log: one of a partition each. */
function checkpointFigures(processes: readonly VigieProcess[]): Figures {
  const lines = processes.flatMap((p) => p.events('checkpoint_taken'));
  const of = (name: string) => lines.map((line) => Number(line[name]));
  return {
    kafka_checkpoint_bytes: figureOf([Math.max(...of('bytes'))], 'bytes of a partition, largest, before compression'),
    kafka_checkpoint_pause_ms: figureOf(of('snapshotMs'), 'ms that the fold waits for its copy'),
    kafka_checkpoint_put_ms: figureOf(of('putMs'), 'ms to sum up, compress and write it, beside the fold'),
  };
}

async function latency(log: EventLog, brokers: string): Promise<Figures> {
  const figures: Figures = {};
  const attack = parseAttack('sweep:rate=900,people=400');
  if (!attack.ok) throw new Error(attack.error);
  for (const rate of RATES) {
    const topics = await createBenchTopics(log);
    const config: Partial<SimulationConfig> = {
      accounts: 300,
      days: 8,
      warmUpDays: 5,
      attacks: Array.from({ length: 80 }, () => attack.value),
    };
    const records = [...createSimulation(config).deliveries()];
    const paced = Math.min(rate * PACED_SECONDS, Math.floor(records.length / 2));
    await appendAll(log, topics.access, records.slice(0, -paced), records.length - paced);
    const port = await freePort();
    const over = { detector: { checkpoints: topics.folder, checkpoint_seconds: PACED_SECONDS / 2 }, metrics: { port } };
    const vigie = new VigieProcess('detector', await install(brokers, topics.prefix, over), IMAGE_FLAGS);
    const alerts = await AlertReader.start(log, topics.alerts);
    try {
      await vigie.until((p) => held(p) === PARTITIONS);
      const before = await waitForEvents(port, records.length - paced);
      say(`${rate} events/s for ${Math.round(paced / rate)} s`);
      const sent = await appendPaced(log, topics.access, records.slice(-paced), rate);
      await waitForEvents(port, records.length);
      say(`folded ${(await eventsFolded(port)) - before}; append acknowledged after ${sent.acknowledgedMs} ms (p99)`);
      const delays = await alerts.delays(sent.appendedMs);
      const name = rate === RATES[0] ? 'kafka_alert_latency_ms' : `kafka_alert_latency_${rate}_ms`;
      const unit = `ms from append until a read_committed reader has the alert, at ${rate} events/s, ${delays.length} alerts`;
      figures[`${name}_p50`] = figureOf([quantile(delays, 0.5)], unit);
      figures[`${name}_p99`] = figureOf([quantile(delays, 0.99)], unit);
    } finally {
      await vigie.signal('SIGKILL');
      await alerts.stop();
    }
  }
  return figures;
}

/** @param sorted ascending, not empty */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
