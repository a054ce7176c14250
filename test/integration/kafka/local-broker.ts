import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from './kafka-container.ts';

const run = promisify(execFile);
const ROOT = new URL('../../../', import.meta.url).pathname;
const POM = join(ROOT, 'deploy/images/kafka/pom.xml');

export interface LocalBroker {
  readonly broker: string;
  stop(): Promise<void>;
}

/**
 * A broker from Apache's jars as a process of this machine, where there is no Docker engine but a JDK (17 or later) and Maven.
 * Jars are kept in `.cache/kafka-libs`. Errors: whatever is missing, in Maven's or Java's words.
 */
export async function startLocalBroker(): Promise<LocalBroker> {
  const libs = join(ROOT, '.cache/kafka-libs');
  if (!existsSync(join(libs, 'complete'))) {
    const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    await mkdir(libs, { recursive: true });
    await run('mvn', ['-B', '-q', '-f', POM, plugin, '-DincludeScope=runtime', `-DoutputDirectory=${libs}`]);
    await writeFile(join(libs, 'complete'), '');
  }
  const folder = await mkdtemp(join(tmpdir(), 'vigie-kafka-'));
  const [port, controller] = [await freePort(), await freePort()];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
  };
  const config = join(folder, 'server.properties');
  await writeFile(
    config,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const log4j = `-Dlog4j2.configurationFile=${join(ROOT, 'deploy/images/kafka/log4j2.yaml')}`;
  const java = (...args: string[]) => [log4j, '-cp', `${libs}/*`, ...args];
  const format = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', '5L6g3nShT-eMCtK--X86sw', '-c', config];
  await run('java', java(...format), { timeout: 60_000 });
  const broker = spawn('java', ['-Xms256m', '-Xmx512m', ...java('kafka.Kafka', config)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(broker, 'exit');
  const started = new Promise<boolean>((resolve) => {
    createInterface({ input: broker.stdout })
      .on('line', (line) => line.includes('Kafka Server started') && resolve(true))
      .on('close', () => resolve(false));
  });
  if (!(await started)) throw new Error('the broker from jars ended before it was ready');
  return {
    broker: `127.0.0.1:${port}`,
    stop: async () => {
      broker.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
