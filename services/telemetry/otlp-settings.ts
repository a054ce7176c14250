/**
 * Whether and where metrics and traces are sent by OTLP. Off unless an endpoint is named, in the service's configuration or
 * by OpenTelemetry's own environment variables, which win over the file.
 */
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the configuration says. */
export interface OtlpConfig {
  /** Base address of the collector: `/v1/metrics` and `/v1/traces` are put behind it. */
  readonly endpoint: string;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  readonly everySeconds: number;
}

/** One kind of data that is sent. Without a URL the exporter finds it in the environment. */
export interface OtlpSignal {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest a request may take with its repetitions, ms; the environment's where it names one. */
  readonly timeoutMillis?: number;
}

export interface OtlpSettings {
  readonly metrics: OtlpSignal | undefined;
  readonly traces: OtlpSignal | undefined;
  readonly everyMs: number;
  /** Share of traces that are kept, 0 to 1. */
  readonly sampledShare: number;
  /** What was asked for and is not done, in words. */
  readonly warnings: readonly string[];
}

const DEFAULT_EVERY_SECONDS = 60;
/** What is lost with a collector that is slow is a minute's figures; a service that is told to stop does not wait for it. */
const TIMEOUT_MS = 3_000;
const KNOWN_EXPORTERS: ReadonlySet<string> = new Set(['otlp', 'none', 'prometheus']);

/** Reads both. Errors: what is wrong with a value, in words. */
export function otlpSettings(config: OtlpConfig | undefined, env: Environment): Result<OtlpSettings, string> {
  const warnings: string[] = [];
  const disabled = env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
  const signal = (name: 'METRICS' | 'TRACES'): OtlpSignal | undefined => {
    const wanted = (env[`OTEL_${name}_EXPORTER`] ?? '').split(',').map((e) => e.trim());
    for (const exporter of wanted) {
      if (exporter && !KNOWN_EXPORTERS.has(exporter))
        warnings.push(`OTEL_${name}_EXPORTER=${exporter} is not known here`);
    }
    if (disabled || wanted.includes('none')) return undefined;
    const isTimed = env[`OTEL_EXPORTER_OTLP_${name}_TIMEOUT`] || env.OTEL_EXPORTER_OTLP_TIMEOUT;
    const timeout = isTimed ? {} : { timeoutMillis: TIMEOUT_MS };
    if (env[`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`] || env.OTEL_EXPORTER_OTLP_ENDPOINT) return timeout;
    if (config === undefined) return wanted.includes('otlp') ? timeout : undefined;
    const { endpoint, authorization } = config;
    return {
      ...timeout,
      url: `${endpoint.replace(/\/+$/, '')}/v1/${name.toLowerCase()}`,
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    };
  };
  const metrics = signal('METRICS');
  const traces = signal('TRACES');
  const protocol = env.OTEL_EXPORTER_OTLP_PROTOCOL;
  if ((metrics || traces) && protocol && protocol !== 'http/json') {
    warnings.push(`OTEL_EXPORTER_OTLP_PROTOCOL=${protocol} is not spoken here: http/json is sent`);
  }
  const everyMs = env.OTEL_METRIC_EXPORT_INTERVAL ? Number(env.OTEL_METRIC_EXPORT_INTERVAL) : undefined;
  if (everyMs !== undefined && !(everyMs >= 1)) return err('OTEL_METRIC_EXPORT_INTERVAL: milliseconds are needed');
  const sampledShare = shareOf(env);
  if (sampledShare === undefined) {
    return err(
      'OTEL_TRACES_SAMPLER: always_on, always_off or traceidratio is needed (parentbased_ before it or not), ' +
        'and a number from 0 to 1 in OTEL_TRACES_SAMPLER_ARG',
    );
  }
  return ok({
    metrics,
    traces,
    everyMs: everyMs ?? (config?.everySeconds ?? DEFAULT_EVERY_SECONDS) * 1000,
    sampledShare,
    warnings,
  });
}

function shareOf(env: Environment): number | undefined {
  const sampler = (env.OTEL_TRACES_SAMPLER || 'always_on').replace(/^parentbased_/, '');
  if (sampler === 'always_on') return 1;
  if (sampler === 'always_off') return 0;
  const share = Number(env.OTEL_TRACES_SAMPLER_ARG || 1);
  return sampler === 'traceidratio' && share >= 0 && share <= 1 ? share : undefined;
}
