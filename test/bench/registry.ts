import type { Figures } from './figure.ts';

/** One thing that is measured: its name on the command line, what it says, and the code, loaded only when it runs. */
export interface BenchEntry {
  readonly name: string;
  readonly measures: string;
  /** Names of the figures it must give, no more and no less: they are part of the product's contract. */
  readonly figures: readonly string[];
  load(): Promise<() => Figures | Promise<Figures>>;
}

/** Everything that `npm run bench` knows. A new bench adds its line here. */
export const BENCHES: readonly BenchEntry[] = [
  {
    name: 'engine',
    measures: 'step on decoded events, one core, from 100 to 10,000 distinct people an hour an account',
    figures: [
      'engine_events_per_s',
      'engine_cpu_s_per_million',
      'engine_us_per_event_100',
      'engine_us_per_event_1000',
      'engine_us_per_event_10000',
    ],
    load: async () => (await import('./engine.ts')).benchEngine,
  },
  {
    name: 'intake',
    measures: 'bytes to decoded, pseudonymised event, one core',
    figures: ['intake_events_per_s', 'intake_cpu_s_per_million'],
    load: async () => (await import('./intake.ts')).benchIntake,
  },
  {
    name: 'replay',
    measures: 'vigie replay of a plain NDJSON file, end to end in process',
    figures: ['replay_ndjson_events_per_s', 'replay_ndjson_cpu_s_per_million'],
    load: async () => (await import('./replay.ts')).benchReplay,
  },
  {
    name: 'memory',
    measures: 'state of 1,000,000 accounts with three people each, in a process of its own (needs 8 GB)',
    figures: [
      'state_bytes_per_account',
      'state_bytes_per_pair',
      'state_rss_bytes_per_account',
      'state_rss_mib_1m_accounts',
    ],
    load: async () => (await import('./memory.ts')).benchMemory,
  },
  {
    name: 'response',
    measures:
      'access event to alert to disable call to verified, real Kafka, Keycloak and PostgreSQL (each given, or Docker, a JDK with Maven, PostgreSQL)',
    figures: [
      'stop_not_suspended',
      'stop_alert_ms_p50',
      'stop_alert_ms_p99',
      'stop_call_ms_p50',
      'stop_call_ms_p99',
      'stop_verified_ms_p50',
      'stop_verified_ms_p99',
    ],
    load: async () => (await import('./response.ts')).benchResponse,
  },
  {
    name: 'kafka',
    measures:
      'the detector as a process on a real broker: 3 million events, latency, takeover, checkpoints (needs Docker or KAFKA_BROKERS)',
    figures: [
      'kafka_events_per_s',
      'kafka_cpu_s_per_million',
      'kafka_detector_rss',
      'kafka_recovery_ms',
      'kafka_takeover_stop_ms',
      'kafka_takeover_kill_ms',
      'kafka_checkpoint_bytes',
      'kafka_checkpoint_pause_ms',
      'kafka_checkpoint_put_ms',
      'kafka_alert_latency_ms_p50',
      'kafka_alert_latency_ms_p99',
      'kafka_alert_latency_5000_ms_p50',
      'kafka_alert_latency_5000_ms_p99',
    ],
    load: async () => (await import('./kafka.ts')).benchKafka,
  },
  {
    name: 'restrictions',
    measures:
      'GET /v1/restrictions/{account} at 2,000 a second, from when each request was due, server a process of its own',
    figures: [
      'restrictions_ms_p50',
      'restrictions_ms_p99',
      'restrictions_floor_ms_p99',
      'restrictions_per_s',
      'restrictions_cpu_us',
    ],
    load: async () => (await import('./restrictions.ts')).benchRestrictions,
  },
];
