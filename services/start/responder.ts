import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { loadRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import { errorFields } from '#libs/telemetry/log-line.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { VERSION } from '#services/cli/version.ts';
import { loadPolicy } from '#services/policy/load-policy.ts';
import { readAlerts } from '#services/responder/alert-reader.ts';
import { runDueLoop } from '#services/responder/due-loop.ts';
import { createPublisher } from '#services/responder/publisher.ts';
import { createResponder } from '#services/responder/responder.ts';
import type { RunningService, ServiceContext } from './service.ts';

const DUE_EVERY_MS = 1000;

/** Wires a responder to its surroundings. @throws CommandFailure with exit code 78 where the configuration will not do */
export async function startConfiguredResponder(context: ServiceContext): Promise<RunningService> {
  const { config, log, topics, logger, metrics, failed } = context;
  if (config.responder === undefined) {
    throw new CommandFailure('the configuration has no part "responder"', EXIT.configuration);
  }
  const { store_file: storeFile, register_file: registerFile } = config.responder;
  const store = await openSqliteStore(storeFile);
  const register = new LocalRegister(registerFile);
  const onError = (error: unknown) => logger('error', 'responder_work_failed', errorFields(error));
  const rejected = metrics.meter.createCounter('vigie_alerts_rejected_total', {
    description: 'alert records that are none',
  });
  const responder = createResponder({
    store,
    connector: createLocalConnector(register),
    restrictions: await loadRestrictionList(store),
    policy: loadPolicy(config.policy_file).response,
    clock: SYSTEM_CLOCK,
    publish: createPublisher(log, config.prefix),
    productVersion: VERSION,
    language: config.language,
    onError,
  });
  await responder.resume();
  const reading = await readAlerts({
    log,
    store,
    responder,
    topic: topics.alerts,
    group: `${config.prefix}.responder`,
    onRejection: async ({ topic, partition, offset, reason, digest }) => {
      rejected.add(1);
      logger('warn', 'alert_rejected', { topic, partition, offset, reason, digest });
    },
    onFailure: failed,
  });
  const stopping = new AbortController();
  const due = runDueLoop(responder, DUE_EVERY_MS, stopping.signal, onError);
  return {
    async stop() {
      await reading.stop();
      stopping.abort();
      await due;
      await responder.idle();
      register.close();
      await store.close();
    },
  };
}
