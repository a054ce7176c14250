import type { Meter } from '@opentelemetry/api';
import type { Logger } from '#libs/telemetry/log-line.ts';
import { errorFields } from '#libs/telemetry/log-line.ts';
import type { DetectorEvents } from './events.ts';

/** A detector's events as metrics and log lines. Labels are reasons, kinds and partitions: a handful of values each. */
export function detectorTelemetry(meter: Meter, log: Logger, nowMs: () => number): DetectorEvents {
  const counter = (name: string, description: string) => meter.createCounter(name, { description });
  const gauge = (name: string, description: string, unit = '') => meter.createGauge(name, { description, unit });
  const events = counter('vigie_events_total', 'access records folded');
  const rejected = counter('vigie_records_rejected_total', 'access records not taken, by reason');
  const duplicates = counter('vigie_events_duplicate_total', 'events that had come before');
  const alerts = counter('vigie_alerts_total', 'alert revisions written, by kind, rung and status');
  const missing = counter('vigie_records_missing_total', 'records that retention took before they were read');
  const diverged = counter('vigie_fold_diverged_total', 'alerts of a fold made again that the journal does not know');
  const fenced = counter('vigie_partitions_fenced_total', 'partitions found to be held by a newer instance');
  const uncertain = counter('vigie_writes_uncertain_total', 'transactions whose end had to be found out');
  const lag = gauge('vigie_lag_records', 'records of the access log not yet folded, by partition');
  const batchMs = meter.createHistogram('vigie_batch_duration_ms', {
    description: 'from a batch’s arrival until its alerts are written',
    unit: 'ms',
  });
  const age = gauge('vigie_event_age_seconds', 'how far the newest event time is behind the clock, by partition', 's');
  const held = meter.createUpDownCounter('vigie_partitions_held', { description: 'partitions held' });
  const checkpointBytes = gauge('vigie_checkpoint_bytes', 'size of the last checkpoint, before compression', 'By');
  const checkpointMs = meter.createHistogram('vigie_checkpoint_duration_ms', { unit: 'ms' });
  const checkpointTimes = new Map<number, number>();
  meter
    .createObservableGauge('vigie_checkpoint_age_seconds', {
      description: 'time since the last checkpoint, by partition',
    })
    .addCallback((result) => {
      for (const [partition, ms] of checkpointTimes) result.observe((nowMs() - ms) / 1000, { partition });
    });

  return {
    partitionOpened({ partition, from, checkpoint, tookMs, toRedo }) {
      held.add(1);
      checkpointTimes.set(partition, nowMs());
      log('info', 'partition_opened', { partition, from, checkpoint, tookMs, toRedo });
    },
    partitionReleased({ partition, next }) {
      held.add(-1);
      checkpointTimes.delete(partition);
      log('info', 'partition_released', { partition, next });
    },
    partitionFenced({ partition }) {
      fenced.add(1);
      log('warn', 'partition_fenced', { partition });
    },
    batchFolded({ partition, records, behind, clockMs, tookMs }) {
      batchMs.record(tookMs);
      age.record((nowMs() - clockMs) / 1000, { partition });
      events.add(records);
      lag.record(behind, { partition });
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
      checkpointTimes.set(partition, nowMs());
      checkpointBytes.record(bytes, { partition });
      checkpointMs.record(snapshotMs + putMs);
      log('debug', 'checkpoint_taken', { partition, at, bytes, snapshotMs, putMs });
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
