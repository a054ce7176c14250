import type { Meter } from '@opentelemetry/api';
import type { Logger } from '#libs/telemetry/log-line.ts';
import type { CorrelatorEvents } from './correlator.ts';

/** A correlator's events as metrics and log lines; no account is in them. */
export function correlatorTelemetry(meter: Meter, log: Logger): CorrelatorEvents {
  const signals = meter.createCounter('vigie_signals_total', { description: 'signals and marks taken' });
  const published = meter.createCounter('vigie_campaigns_total', {
    description: 'campaign revisions written, by kind',
  });
  const watermark = meter.createGauge('vigie_watermark_seconds', {
    description: 'event time up to which campaigns are counted',
    unit: 's',
  });
  return {
    opened({ fromCheckpoint, missing, published: out }) {
      log(missing > 0 ? 'error' : 'info', 'correlator_opened', { fromCheckpoint, missing, published: out });
    },
    batchTaken({ signals: count, watermarkMs }) {
      signals.add(count);
      watermark.record(watermarkMs / 1000);
    },
    campaignPublished({ kind, revision, accounts }) {
      published.add(1, { kind });
      log('info', 'campaign_published', { kind, revision, accounts });
    },
  };
}
