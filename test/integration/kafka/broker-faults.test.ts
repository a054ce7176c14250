import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import type { DetectorWorld } from './detector-world.ts';
import { openWorld, PARTITIONS } from './detector-world.ts';
import type { StartedKafkaContainer } from './kafka-container.ts';
import { KafkaContainer } from './kafka-container.ts';
import { kafkaImage } from './kafka-image.ts';
import type { VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

/** A broker that comes back on a busy machine, and all that waited for it. */
const PATIENCE_MS = 300_000;

describeWithKafka('a broker that fails under the detector', ({ how }) => {
  if (how !== 'testcontainers') {
    test.skip(`needs a container it may stop; the broker of this run is ${how}`);
    return;
  }
  let kafka: StartedKafkaContainer;
  let log: EventLog;
  let world: DetectorWorld;
  let vigie: VigieProcess;

  beforeAll(async () => {
    kafka = await new KafkaContainer(kafkaImage()).start();
    log = await openKafkaLog({ brokers: [kafka.broker], clientId: 'faults-test' });
    world = await openWorld(log, kafka.broker, { attacks: 3 });
    vigie = world.start();
    await vigie.until((p) => p.events('partition_opened').length === PARTITIONS);
  });
  afterAll(async () => {
    await world?.close();
    await log?.close();
    await kafka?.stop({ timeout: 0 });
  });

  /** Appends while the broker is away: nothing of it may be taken before `back` has brought it back. */
  const appendThrough = async (some: readonly NewRecord[], back: () => Promise<void>) => {
    let isTaken = false;
    const taken = log.append(some).then(() => {
      isTaken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(isTaken).toBe(false);
    await back();
    await taken;
  };

  // Two restarts of the broker alone take a minute and a half where others work on the machine.
  test('paused, stopped and killed with work in hand: every alert comes, and comes once', async () => {
    const { records } = world;
    const part = Math.ceil(records.length / 4);
    await log.append(records.slice(0, part));
    const first = await kafka.state();

    await kafka.pause();
    expect(await kafka.state()).toMatchObject({ paused: true });
    await appendThrough(records.slice(part, 2 * part), () => kafka.unpause());

    await log.append(records.slice(2 * part, 3 * part));
    await kafka.halt(10);
    expect(await kafka.state()).toMatchObject({ running: false });
    await appendThrough(records.slice(3 * part, 3 * part + 500), () => kafka.resume());
    const second = await kafka.state();

    await log.append(records.slice(3 * part + 500, 3 * part + 1000));
    await kafka.kill();
    expect(await kafka.state()).toMatchObject({ running: false });
    await appendThrough(records.slice(3 * part + 1000), () => kafka.resume());
    expect(new Set([first, second, await kafka.state()].map(({ startedAt }) => startedAt)).size).toBe(3);

    await world.expectExactlyOnce({ patienceMs: PATIENCE_MS }).catch((error: unknown) => {
      throw new Error(`${error}; the detector said: ${vigie.said()}`, { cause: error });
    });
    // It is the same process, and it has felt them: it sat the faults out.
    expect(vigie.events('started')).toHaveLength(1);
    expect(vigie.child.exitCode).toBeNull();
    expect(vigie.events('kafka_client').length).toBeGreaterThan(0);
  }, 600_000);
});
