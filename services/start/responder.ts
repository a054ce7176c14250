import { createGatewayProbe } from '#libs/adapters/gateway-probe/probe.ts';
import { MIN_PROBE_KEY_BYTES } from '#libs/adapters/gateway-probe/token.ts';
import { loadRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import { errorFields } from '#libs/telemetry/log-line.ts';
import { feedRestrictions } from '#services/api/restriction-feed.ts';
import { apiTelemetry } from '#services/api/telemetry.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { VERSION } from '#services/cli/version.ts';
import { keeperName } from '#services/config/keepers.ts';
import { readSecret } from '#services/config/load.ts';
import { loadPolicy } from '#services/policy/load-policy.ts';
import { readAlerts } from '#services/responder/alert-reader.ts';
import { runDueLoop } from '#services/responder/due-loop.ts';
import { createPublisher } from '#services/responder/publisher.ts';
import { createResponder } from '#services/responder/responder.ts';
import { countedStore, observeBreakers } from '#services/responder/telemetry.ts';
import { startConfiguredApi } from './api.ts';
import { chosenKeepers, openKeepers } from './keepers.ts';
import type { RunningService, ServiceContext } from './service.ts';
import { openStore } from './store.ts';

const DUE_EVERY_MS = 1000;

/** @throws CommandFailure with exit code 78 where the key is too short to be one */
function keyOf(path: string): Buffer {
  const key = readSecret(path);
  if (key.length >= MIN_PROBE_KEY_BYTES) return key;
  const problem = `${path}: the key has ${key.length} bytes, at least ${MIN_PROBE_KEY_BYTES} are needed`;
  throw new CommandFailure(problem, EXIT.configuration);
}

/** Wires a responder to its surroundings. @throws CommandFailure with exit code 78 where the configuration will not do */
export async function startConfiguredResponder(context: ServiceContext): Promise<RunningService> {
  const { config, log, topics, logger, metrics, failed } = context;
  if (config.responder === undefined) {
    throw new CommandFailure('the configuration has no part "responder"', EXIT.configuration);
  }
  const {
    store_file: file,
    store_url_file: urlFile,
    register_file: registerFile,
    connectors,
    probe,
  } = config.responder;
  const { response: policy, effective } = loadPolicy(config.policy_file);
  const chosen = chosenKeepers(
    connectors ?? [{ type: 'local_register', register_file: registerFile ?? '' }],
    effective.connectors,
  );
  const opened = await openStore(file, urlFile, (error) => logger('warn', 'store_connection_lost', errorFields(error)));
  const store = countedStore(opened, metrics.meter);
  observeBreakers(opened, metrics.meter, policy);
  const keepers = openKeepers(chosen, log, config.prefix);
  logger('info', 'connectors_opened', { connectors: chosen.map(keeperName).join(', ') });
  if (chosen.some(({ type }) => type === 'command_topic')) {
    const partitions = (await log.partitionCounts([topics.alerts])).get(topics.alerts) ?? 1;
    await log.createTopics([{ name: `${config.prefix}.commands`, partitions, compacted: false }]);
  }
  const onError = (error: unknown) => logger('error', 'responder_work_failed', errorFields(error));
  const rejected = metrics.meter.createCounter('vigie_alerts_rejected_total', {
    description: 'alert records that are none',
  });
  const brokenOff = metrics.meter.createCounter('vigie_alert_reading_broken_total', {
    description: 'times that reading alerts broke off, to be begun again: the store or the log is away',
  });
  const restrictions = await loadRestrictionList(store);
  const probeKey = probe && keyOf(probe.key_file);
  const responder = createResponder({
    store,
    connector: keepers.connector,
    // Several may share a database; a SQLite file has one owner.
    soleOwner: urlFile === undefined,
    restrictions,
    ...(probe && probeKey
      ? {
          probe: createGatewayProbe({
            url: probe.url,
            key: probeKey,
            timeoutMs: probe.timeout_ms,
            clock: SYSTEM_CLOCK,
          }),
        }
      : {}),
    policy,
    clock: SYSTEM_CLOCK,
    publish: createPublisher(log, config.prefix),
    productVersion: VERSION,
    language: config.language,
    onError,
    tracer: metrics.tracer,
  });
  await responder.resume();
  const reading = await readAlerts({
    log,
    store,
    responder,
    topic: topics.alerts,
    group: `${config.prefix}.responder`,
    deadLetter: topics.deadLetter,
    onRejection: ({ topic, partition, offset, reason, digest }) => {
      rejected.add(1);
      logger('warn', 'alert_rejected', { topic, partition, offset, reason, digest });
    },
    onFailure: (error) => {
      brokenOff.add(1);
      logger('error', 'alert_reading_broke_off', errorFields(error));
    },
  });
  const stopping = new AbortController();
  // Several responders share a store: what another one decides reaches this one's list by the topic.
  const feed = await feedRestrictions(log, topics.restrictions, restrictions, stopping.signal, (offset) =>
    logger('warn', 'restriction_rejected', { topic: topics.restrictions, offset }),
  );
  feed.following.catch((error: unknown) => failed(error instanceof Error ? error : new Error(String(error))));
  const api =
    config.api &&
    (await startConfiguredApi(
      config.api,
      {
        responder,
        store,
        restrictions,
        connector: keepers.connector,
        policy: () => policy,
        logger,
        answered: apiTelemetry(metrics.meter),
      },
      keepers.directory,
      probeKey,
    ));
  const due = runDueLoop(responder, DUE_EVERY_MS, stopping.signal, onError);
  return {
    async stop() {
      await api?.stop();
      await reading.stop();
      stopping.abort();
      await due;
      await feed.following.catch(() => {});
      await responder.idle();
      keepers.close();
      await store.close();
    },
  };
}
