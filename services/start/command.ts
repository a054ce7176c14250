/** `vigie start SERVICE`: one service (or all) against the configured backends, until it is told to stop. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Argument } from 'commander';
import { TopicMissingError } from '#libs/ports/event-log.ts';
import type { Logger } from '#libs/telemetry/log-line.ts';
import { createLogger, errorFields } from '#libs/telemetry/log-line.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { interruption } from '#services/cli/interruption.ts';
import { VERSION } from '#services/cli/version.ts';
import { loadServiceConfig, readSecret } from '#services/config/load.ts';
import { openConfiguredLog } from '#services/config/open-log.ts';
import type { ServiceConfig } from '#services/config/schema.ts';
import { topicNames } from '#services/detector/topics.ts';
import type { OtlpSettings } from '#services/telemetry/otlp-settings.ts';
import { otlpSettings } from '#services/telemetry/otlp-settings.ts';
import type { Telemetry } from '#services/telemetry/telemetry.ts';
import { startTelemetry } from '#services/telemetry/telemetry.ts';
import type { AwaitedService } from './await-store.ts';
import { startAwaitingStore } from './await-store.ts';
import { startConfiguredCorrelator } from './correlator.ts';
import { startConfiguredDetector } from './detector.ts';
import { startConfiguredNotifier } from './notifier.ts';
import { startConfiguredResponder } from './responder.ts';
import type { ServiceContext, StartService } from './service.ts';

/** In the order in which they are started; they are stopped the other way round. */
const SERVICES = new Map<string, StartService>([
  ['responder', startConfiguredResponder],
  ['correlator', startConfiguredCorrelator],
  ['detector', startConfiguredDetector],
  ['notifier', startConfiguredNotifier],
]);

const HELP = `
detector     reads the access log, writes alerts
correlator   finds campaigns over many accounts in what the detectors of all partitions say
responder    restricts accounts as the policy says, serves the API for people and the portal's gate
notifier     sends alerts, notices and actions to a SIEM and to people
all          what the configuration has a part for, in one process

A configuration for Kafka, with files beside it (paths are taken from its folder):

  log: { kind: kafka, brokers: ['localhost:9092'] }
  policy_file: policy.yaml
  key: { id: '2026', file: pseudonym.key }
  detector: { checkpoints: state/detector }
  correlator: { checkpoints: state/correlator }
  responder: { store_file: state/actions.db, register_file: state/register.db }

The key is 32 bytes or more that nobody else may read: (umask 077; openssl rand -hex 32 > pseudonym.key).
First vigie topics create, then vigie doctor, each with the same --config. Log lines go to stderr as JSON.

Exit codes: 130 stopped when told to, 1 ended by itself, 2 usage, 78 the configuration or a file that it names will not do.`;

/** Adds the command to the program. Exit codes: 130 stopped when told to, 1 ended by itself, 78 configuration. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('run a service against the configured backends until it is told to stop (SIGTERM, Ctrl-C)')
    .addArgument(new Argument('<service>', 'what to run').choices([...SERVICES.keys(), 'all']))
    .requiredOption('--config <file>', 'configuration of the service (YAML)')
    .option(
      '--baseline <file>',
      'what another log has taught, for a detector that begins (in place of detector.baseline_file)',
    )
    .addHelpText('after', HELP)
    .action(async (service: string, options: { config: string; baseline?: string }) => {
      await runServices(service, withBaseline(loadServiceConfig(options.config), service, options.baseline));
    });
}

/** `all` is what the configuration has a part for; detector and responder it must have. */
function namesOf(service: string, config: ServiceConfig): readonly string[] {
  if (service !== 'all') return [service];
  return [...SERVICES.keys()].filter(
    (name) =>
      (name !== 'notifier' || config.notify !== undefined) &&
      (name !== 'correlator' || config.correlator !== undefined),
  );
}

/** @throws CommandFailure with exit code 78 where a setting will not do */
function otlpOf({ otlp }: ServiceConfig): OtlpSettings {
  const read = otlpSettings(
    otlp && {
      endpoint: otlp.endpoint,
      everySeconds: otlp.every_seconds,
      ...(otlp.authorization_file
        ? { authorization: readSecret(otlp.authorization_file).toString('utf8').trim() }
        : {}),
    },
    process.env,
  );
  if (!read.ok) throw new CommandFailure(read.error, EXIT.configuration);
  return read.value;
}

async function openTelemetry(
  { metrics }: ServiceConfig,
  service: string,
  instance: string,
  otlp: OtlpSettings,
  logger: Logger,
): Promise<Telemetry> {
  try {
    return await startTelemetry({ service, version: VERSION, instance, listen: metrics, otlp, logger });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`metrics at ${metrics?.host}:${metrics?.port}: ${why}`, EXIT.configuration);
  }
}

/** @throws CommandFailure: usage, where nothing that is started reads a baseline */
function withBaseline(config: ServiceConfig, service: string, baseline: string | undefined): ServiceConfig {
  if (baseline === undefined) return config;
  if ((service !== 'detector' && service !== 'all') || config.detector === undefined) {
    throw new CommandFailure('--baseline is for a detector, and none is started', EXIT.usage);
  }
  return { ...config, detector: { ...config.detector, baseline_file: resolve(baseline) } };
}

async function runServices(command: string, config: ServiceConfig): Promise<void> {
  const names = namesOf(command, config);
  const service = names.join('+');
  const logger = createLogger(service, Date.now, (line) => process.stderr.write(line), config.log_level);
  const instance = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  const otlp = otlpOf(config);
  const log = await openConfiguredLog(config, (level, message) => logger(level, 'kafka_client', { message }));
  const metrics = await openTelemetry(config, service, instance, otlp, logger).catch(async (error: unknown) => {
    await log.close();
    throw error;
  });
  const ended = Promise.withResolvers<Error | undefined>();
  const stop = () => ended.resolve(undefined);
  interruption.addEventListener('abort', stop, { once: true });
  // It may have come while the log was opened: nobody is told of that any more.
  if (interruption.aborted) stop();
  const context: ServiceContext = {
    config,
    log,
    topics: topicNames(config.prefix, config.access_topic),
    logger,
    metrics,
    instance,
    failed: (error) => ended.resolve(error),
  };
  const running: AwaitedService[] = [];
  try {
    for (const name of names) {
      if (!interruption.aborted) running.unshift(await startAwaitingStore(name, SERVICES.get(name)!, context));
    }
    const allReady = Promise.all(running.map(({ ready }) => ready)).then(() => true);
    const isReady = await Promise.race([allReady, ended.promise.then(() => false)]);
    if (isReady && !interruption.aborted) {
      metrics.ready();
      logger('info', 'started', { instance, ...(metrics.port === undefined ? {} : { metricsPort: metrics.port }) });
    }
    const error = await ended.promise;
    if (error) {
      logger('error', 'ended_by_itself', errorFields(error));
      throw new CommandFailure(error.message);
    }
    logger('info', 'stopping');
  } catch (error) {
    throw error instanceof TopicMissingError ? new CommandFailure(error.message, EXIT.configuration) : error;
  } finally {
    for (const service of running) await service.stop();
    await log.close();
    await metrics.stop();
    logger('info', 'stopped');
  }
}
