import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

export interface Metrics {
  readonly meter: Meter;
  stop(): Promise<void>;
}

/** Counts and gauges, given out for Prometheus at `http://host:port/metrics`; without an address they are only kept. */
export async function startMetrics(
  service: string,
  address: { readonly host: string; readonly port: number } | undefined,
): Promise<Metrics> {
  const exporter = address && new PrometheusExporter({ ...address, preventServerStart: true });
  const provider = new MeterProvider({ readers: exporter ? [exporter] : [] });
  await exporter?.startServer();
  return { meter: provider.getMeter(`vigie.${service}`), stop: () => provider.shutdown() };
}
