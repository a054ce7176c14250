import type { Meter } from '@opentelemetry/api';
import type { Logger } from '#libs/telemetry/log-line.ts';
import { errorFields } from '#libs/telemetry/log-line.ts';
import type { DetectorEvents } from './events.ts';
import { heldFigures } from './held-figures.ts';

/** A detector's events as metrics and log lines. Labels are reasons, kinds and partitions: a handful of values each. */
export function detectorTelemetry(meter: Meter, log: Logger, nowMs: () => number): DetectorEvents {
  const counter = (name: string, description: string) => meter.createCounter(name, { description });
  const events = counter('vigie_events_total', 'access records folded');
  const rejected = counter('vigie_records_rejected_total', 'access records not taken, by reason');
  const duplicates = counter('vigie_events_duplicate_total', 'events that had come before');
  const alerts = counter('vigie_alerts_total', 'alert revisions written, by kind, rung and status');
  const missing = counter('vigie_records_missing_total', 'records that retention took before they were read');
  const diverged = counter('vigie_fold_diverged_total', 'alerts of a fold made again that the journal does not know');
  const fenced = counter('vigie_partitions_fenced_total', 'partitions found to be held by a newer instance');
  const uncertain = counter('vigie_writes_uncertain_total', 'transactions whose end had to be found out');
  const batchMs = meter.createHistogram('vigie_batch_duration_ms', {
    description: 'from a batch’s arrival until its alerts are written',
    unit: 'ms',
  });
  const held = meter.createUpDownCounter('vigie_partitions_held', { description: 'partitions held' });
  const checkpointMs = meter.createHistogram('vigie_checkpoint_duration_ms', {
    description: 'from the snapshot until it is put down',
    unit: 'ms',
  });
  const figures = heldFigures(meter, nowMs);

  return {
    partitionOpened({ partition, from, checkpoint, tookMs, toRedo }) {
      held.add(1);
      figures.of(partition).checkpointMs = nowMs();
      log('info', 'partition_opened', { partition, from, checkpoint, tookMs, toRedo });
    },
    partitionNotOpened({ partition, error }) {
      log('warn', 'partition_not_opened', { partition, ...errorFields(error) });
    },
    partitionReleased({ partition, next }) {
      held.add(-1);
      figures.forget(partition);
      log('info', 'partition_released', { partition, next });
    },
    partitionFenced({ partition }) {
      fenced.add(1);
      log('warn', 'partition_fenced', { partition });
    },
    batchFolded({ partition, records, behind, clockMs, tookMs }) {
      batchMs.record(tookMs);
      events.add(records);
      const its = figures.of(partition);
      if (clockMs > 0) its.newestMs = clockMs;
      its.behind = behind;
    },
    recordRejected({ reason, again }) {
      if (!again) rejected.add(1, { reason });
    },
    duplicateSeen() {
      duplicates.add(1);
    },
    alertDecided({ kind, rung, status }) {
      alerts.add(1, { kind, rung, status });
      log('info', 'alert_decided', { kind, rung, status });
    },
    controlTaken({ partition, control }) {
      log('info', 'control_taken', { partition, control });
    },
    controlRejected({ offset }) {
      log('warn', 'control_rejected', { offset });
    },
    checkpointTaken({ partition, at, bytes, snapshotMs, putMs }) {
      const its = figures.of(partition);
      its.checkpointMs = nowMs();
      its.checkpointBytes = bytes;
      checkpointMs.record(snapshotMs + putMs);
      log('debug', 'checkpoint_taken', { partition, at, bytes, snapshotMs, putMs });
    },
    stateMeasured({ partition, accounts, pairs, persons, bytes }) {
      figures.of(partition).state = { accounts, pairs, persons, bytes };
    },
    checkpointPassedOver({ partition, at, why }) {
      log('warn', 'checkpoint_passed_over', { partition, at, why });
    },
    checkpointFailed({ partition, error }) {
      log('error', 'checkpoint_failed', { partition, ...errorFields(error) });
    },
    recordsMissing({ partition, missing: count }) {
      missing.add(count, { partition });
      log('error', 'records_missing', { partition, missing: count });
    },
    foldDiverged({ partition, alert }) {
      diverged.add(1);
      log('error', 'fold_diverged', { partition, alert });
    },
    writeUncertain({ partition, error }) {
      uncertain.add(1);
      log('warn', 'write_uncertain', { partition, ...errorFields(error) });
    },
  };
}
