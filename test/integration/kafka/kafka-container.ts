/** Apache Kafka's own image under Testcontainers, whose ready-made module knows only another vendor's. */
import { createServer } from 'node:net';
import type { StartedTestContainer } from 'testcontainers';
import { AbstractStartedContainer, GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';

const CLUSTER_ID = '5L6g3nShT-eMCtK--X86sw';
/** A killed broker reads its log again first: 50 s were seen on a machine with other work. */
const COMES_BACK_MS = 150_000;
const STARTED = /Kafka Server started/;

/** A host port nobody listens on now. Fixed, so that the advertised address stays true when the broker is stopped and started. */
export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '0.0.0.0', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** One node, broker and controller in one, for one client listener without encryption. `extra` goes over the defaults. */
export class KafkaContainer extends GenericContainer {
  #port = 0;
  readonly #extra: Readonly<Record<string, string>>;

  constructor(image: string, extra: Readonly<Record<string, string>> = {}) {
    super(image);
    this.#extra = extra;
  }

  protected override async beforeContainerCreated(): Promise<void> {
    const host = (await getContainerRuntimeClient()).info.containerRuntime.host;
    this.#port = await freePort();
    this.withExposedPorts({ container: 9092, host: this.#port })
      .withEnvironment({
        CLUSTER_ID,
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT',
        KAFKA_LISTENERS: 'CLIENT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093,BROKER://0.0.0.0:9094',
        KAFKA_ADVERTISED_LISTENERS: `CLIENT://${host}:${this.#port},BROKER://localhost:9094`,
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '4',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
        KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
        ...this.#extra,
      })
      .withWaitStrategy(Wait.forLogMessage(STARTED))
      .withStartupTimeout(120_000);
  }

  override async start(): Promise<StartedKafkaContainer> {
    return new StartedKafkaContainer(await super.start(), this.#port);
  }
}

/** A running broker that faults can be done to. */
export class StartedKafkaContainer extends AbstractStartedContainer {
  readonly broker: string;
  constructor(started: StartedTestContainer, port: number) {
    super(started);
    this.broker = `${started.getHost()}:${port}`;
  }

  async #raw() {
    return (await getContainerRuntimeClient()).container.getById(this.getId());
  }
  /** What the engine says of it: that a fault has happened is shown, not supposed. */
  async state(): Promise<{ readonly running: boolean; readonly paused: boolean; readonly startedAt: string }> {
    const { Running, Paused, StartedAt } = (await (await this.#raw()).inspect()).State;
    return { running: Running, paused: Paused, startedAt: StartedAt };
  }
  async pause(): Promise<void> {
    await (await this.#raw()).pause();
  }
  async unpause(): Promise<void> {
    await (await this.#raw()).unpause();
  }
  async kill(): Promise<void> {
    await (await this.#raw()).kill();
  }
  /** Stops the process but keeps the container with its data; `stop()` would remove it. */
  async halt(seconds = 20): Promise<void> {
    await (await this.#raw()).stop({ t: seconds });
  }
  async resume(): Promise<void> {
    const since = Math.floor(Date.now() / 1000);
    await (await this.#raw()).start();
    for (const end = Date.now() + COMES_BACK_MS; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) {
      const log = await (await this.#raw()).logs({ stdout: true, stderr: true, since });
      if (STARTED.test(log.toString('utf8'))) return;
    }
    throw new Error(`the broker did not come back in ${COMES_BACK_MS / 1000} s`);
  }
}
