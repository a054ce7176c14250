import { FileCheckpoints } from '#libs/adapters/file-checkpoints/store.ts';
import { MIN_KEY_BYTES, Pseudonymiser } from '#libs/intake/index.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import type { BaselineStart } from '#services/baseline/read-baseline.ts';
import { policyFrom, readBaseline } from '#services/baseline/read-baseline.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { VERSION } from '#services/cli/version.ts';
import { readSecret } from '#services/config/load.ts';
import { startDetector } from '#services/detector/detector.ts';
import { detectorTelemetry } from '#services/detector/telemetry.ts';
import { loadPolicy } from '#services/policy/load-policy.ts';
import type { RunningService, ServiceContext } from './service.ts';

/** Wires a detector to its surroundings. @throws CommandFailure with exit code 78 where the configuration will not do */
export async function startConfiguredDetector(context: ServiceContext): Promise<RunningService> {
  const { config, log, topics, logger, metrics, instance, failed } = context;
  if (config.detector === undefined)
    throw new CommandFailure('the configuration has no part "detector"', EXIT.configuration);
  const key = readSecret(config.key.file);
  if (key.length < MIN_KEY_BYTES) {
    throw new CommandFailure(
      `${config.key.file}: the key has ${key.length} bytes, at least ${MIN_KEY_BYTES} are needed`,
      EXIT.configuration,
    );
  }
  const policy = loadPolicy(config.policy_file);
  const start = await baselineOf(context, policy);
  return startDetector({
    log,
    topics,
    checkpoints: new FileCheckpoints(config.detector.checkpoints),
    pseudonymiser: new Pseudonymiser({ id: config.key.id, key }),
    policy: policyFrom(start, policy).detection,
    firstState: start?.state && { bytes: start.state, sha256: start.stateSha256! },
    group: `${config.prefix}.detector`,
    instance,
    checkpointEveryMs: config.detector.checkpoint_seconds * 1000,
    source: { productVersion: VERSION, language: config.language },
    clock: SYSTEM_CLOCK,
    events: detectorTelemetry(metrics.meter, logger, () => SYSTEM_CLOCK.nowMs()),
    tracer: metrics.tracer,
    failed,
  });
}

/**
 * The baseline that the configuration names. Its state is of a whole log: it fits where the access log has one partition.
 * It says what it takes and why; a partition that was begun before keeps what it has.
 */
async function baselineOf(context: ServiceContext, policy: Policy): Promise<BaselineStart | undefined> {
  const { config, log, topics, logger } = context;
  const file = config.detector!.baseline_file;
  if (file === undefined) return undefined;
  const partitions = (await log.partitionCounts([topics.access])).get(topics.access) ?? 1;
  const start = readBaseline(file, {
    policies: [policy],
    keyId: config.key.id,
    stateless:
      partitions > 1 ? `${topics.access} has ${partitions} partitions, and each a state of its own.` : undefined,
  });
  logger('info', 'baseline_read', { note: start.note });
  return start;
}
