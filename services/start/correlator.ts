import { FileCheckpoints } from '#libs/adapters/file-checkpoints/store.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { VERSION } from '#services/cli/version.ts';
import { startCorrelator } from '#services/correlator/correlator.ts';
import { correlatorTelemetry } from '#services/correlator/telemetry.ts';
import type { RunningService, ServiceContext } from './service.ts';

/** Wires a correlator to its surroundings. @throws CommandFailure with exit code 78 where the configuration will not do */
export function startConfiguredCorrelator(context: ServiceContext): Promise<RunningService> {
  const { config, log, topics, logger, metrics, failed } = context;
  if (config.correlator === undefined) {
    throw new CommandFailure('the configuration has no part "correlator"', EXIT.configuration);
  }
  return startCorrelator({
    log,
    topics,
    transactionalId: `${config.prefix}.correlator`,
    checkpoints: new FileCheckpoints(config.correlator.checkpoints),
    checkpointEveryMs: config.correlator.checkpoint_seconds * 1000,
    source: { productVersion: VERSION, language: config.language },
    clock: SYSTEM_CLOCK,
    events: correlatorTelemetry(metrics.meter, logger),
    failed,
  });
}
