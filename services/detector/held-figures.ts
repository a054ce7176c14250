/**
 * What is measured of each partition an instance holds, read when somebody looks: a partition that went to another instance
 * leaves no figure of the past behind, and ages grow while nothing comes.
 */
import type { Meter } from '@opentelemetry/api';

interface Figures {
  /** Newest event time, ms. */
  newestMs?: number;
  /** Records not yet folded. */
  behind?: number;
  checkpointMs?: number;
  checkpointBytes?: number;
  state?: {
    readonly accounts: number;
    readonly pairs: number;
    readonly persons: number;
    readonly bytes: Readonly<Record<string, number>>;
  };
}

/** Makes the gauges. `of` gives a partition's figures to be filled, `forget` ends them. */
export function heldFigures(meter: Meter, nowMs: () => number) {
  const held = new Map<number, Figures>();
  const gauge = (name: string, description: string, unit: string, figure: (f: Figures) => number | undefined) =>
    meter.createObservableGauge(name, { description, unit }).addCallback((result) => {
      for (const [partition, figures] of held) {
        const value = figure(figures);
        if (value !== undefined) result.observe(value, { partition });
      }
    });
  const ageSeconds = (ms: number | undefined) => (ms === undefined ? undefined : (nowMs() - ms) / 1000);

  gauge('vigie_lag_records', 'records of the access log not yet folded, by partition', '', (f) => f.behind);
  gauge('vigie_event_age_seconds', 'how far the newest event time is behind the clock, by partition', 's', (f) =>
    ageSeconds(f.newestMs),
  );
  gauge('vigie_checkpoint_age_seconds', 'time since the last checkpoint, by partition', 's', (f) =>
    ageSeconds(f.checkpointMs),
  );
  gauge(
    'vigie_checkpoint_bytes',
    'size of the last checkpoint, before compression, by partition',
    'By',
    (f) => f.checkpointBytes,
  );
  gauge('vigie_state_accounts', 'accounts known, by partition', '', (f) => f.state?.accounts);
  gauge('vigie_state_pairs', 'pairs of account and person known, by partition', '', (f) => f.state?.pairs);
  gauge('vigie_state_persons', 'persons known, by partition', '', (f) => f.state?.persons);
  meter
    .createObservableGauge('vigie_state_bytes', {
      description: 'memory of the state, by partition and part',
      unit: 'By',
    })
    .addCallback((result) => {
      for (const [partition, { state }] of held) {
        for (const [part, bytes] of Object.entries(state?.bytes ?? {})) result.observe(bytes, { partition, part });
      }
    });

  return {
    of(partition: number): Figures {
      let figures = held.get(partition);
      if (figures === undefined) {
        figures = {};
        held.set(partition, figures);
      }
      return figures;
    },
    forget: (partition: number) => held.delete(partition),
  };
}
