import { describe, expect, test } from 'vitest';
import type { Environment, OtlpSettings } from '#services/telemetry/otlp-settings.ts';
import { otlpSettings } from '#services/telemetry/otlp-settings.ts';

const CONFIG = { endpoint: 'http://collector:4318/', everySeconds: 15 };

function settings(config: Parameters<typeof otlpSettings>[0], env: Environment): OtlpSettings {
  const read = otlpSettings(config, env);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}
const urls = ({ metrics, traces }: OtlpSettings) => [
  metrics && (metrics.url ?? 'env'),
  traces && (traces.url ?? 'env'),
];

describe('OTLP settings', () => {
  test('nothing is sent unless somebody says where to', () => {
    expect(settings(undefined, {})).toMatchObject({ metrics: undefined, traces: undefined, warnings: [] });
  });

  test('the configuration names a base address, an interval and a credential', () => {
    const read = settings({ ...CONFIG, authorization: 'Bearer x' }, {});
    expect(urls(read)).toEqual(['http://collector:4318/v1/metrics', 'http://collector:4318/v1/traces']);
    expect(read.metrics?.headers).toEqual({ authorization: 'Bearer x' });
    expect(read.everyMs).toBe(15_000);
    expect(read.sampledShare).toBe(1);
  });

  test.each<[string, Environment, (string | undefined)[]]>([
    ['a common endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://o:4318' }, ['env', 'env']],
    [
      'an endpoint for traces only',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://o:4318/t' },
      ['http://collector:4318/v1/metrics', 'env'],
    ],
    ['one signal taken out', { OTEL_TRACES_EXPORTER: 'none' }, ['http://collector:4318/v1/metrics', undefined]],
    ['everything taken out', { OTEL_SDK_DISABLED: 'TRUE' }, [undefined, undefined]],
  ])('the environment wins: %s', (_what, env, expected) => {
    expect(urls(settings(CONFIG, env))).toEqual(expected);
  });

  test('a collector gets three seconds, or what the environment says', () => {
    expect(settings(CONFIG, {}).traces?.timeoutMillis).toBe(3000);
    const { metrics, traces } = settings(CONFIG, { OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '9000' });
    expect([metrics?.timeoutMillis, traces?.timeoutMillis]).toEqual([3000, undefined]);
  });

  test('an exporter asked for by name alone goes to its default address', () => {
    expect(urls(settings(undefined, { OTEL_METRICS_EXPORTER: 'otlp' }))).toEqual(['env', undefined]);
  });

  test('interval and sampling by the environment', () => {
    const read = settings(CONFIG, {
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(read).toMatchObject({ everyMs: 5000, sampledShare: 0.25 });
    expect(settings(CONFIG, { OTEL_TRACES_SAMPLER: 'always_off' }).sampledShare).toBe(0);
  });

  test.each<[Environment, string]>([
    [{ OTEL_METRIC_EXPORT_INTERVAL: 'soon' }, 'OTEL_METRIC_EXPORT_INTERVAL'],
    [{ OTEL_TRACES_SAMPLER: 'mine' }, 'OTEL_TRACES_SAMPLER'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, 'OTEL_TRACES_SAMPLER'],
  ])('%j is refused by name', (env, name) => {
    const read = otlpSettings(CONFIG, env);
    expect(read.ok ? '' : read.error).toContain(name);
  });

  test('what is asked for and not done is said', () => {
    const env = { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(settings(CONFIG, env).warnings).toHaveLength(2);
  });
});
