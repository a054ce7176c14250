/** What a process measures and traces, and where it gives that out: for Prometheus to fetch, by OTLP, both or nowhere. */
import type { Meter, Tracer } from '@opentelemetry/api';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { NO_TRACER } from '#libs/telemetry/in-span.ts';
import type { Logger } from '#libs/telemetry/log-line.ts';
import { PresentOtlp, PresentPrometheus } from './exporters.ts';
import type { Listening } from './listen.ts';
import { listenForMetrics } from './listen.ts';
import type { OtlpSettings } from './otlp-settings.ts';
import { observeProcess } from './process.ts';

export interface Telemetry {
  readonly meter: Meter;
  readonly tracer: Tracer;
  /** Port that metrics and health are at, where they are given out. */
  readonly port: number | undefined;
  /** Everything has been started: health says so from now on. */
  ready(): void;
  /** Sends what is left and lets go. */
  stop(): Promise<void>;
}

export interface TelemetryParts {
  /** `detector`, or several joined with `+`. */
  readonly service: string;
  readonly version: string;
  readonly instance: string;
  /** Where Prometheus and health checks come; undefined: nowhere. */
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  readonly otlp: OtlpSettings;
  readonly logger: Logger;
}

/** Longest part of a message of the SDK that is logged. */
const LONGEST_MESSAGE = 300;

/** @throws what listening throws where the address is taken */
export async function startTelemetry(parts: TelemetryParts): Promise<Telemetry> {
  const { service, otlp, listen } = parts;
  speakOfTrouble(parts.logger);
  for (const message of otlp.warnings) parts.logger('warn', 'telemetry_setting_ignored', { message });
  const { metrics, traces, everyMs, sampledShare } = otlp;
  const resource = defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': service.includes('+') ? 'vigie' : `vigie-${service}`,
        'service.version': parts.version,
        'service.instance.id': parts.instance,
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));
  const prometheus = listen && new PresentPrometheus({ preventServerStart: true, withoutScopeInfo: true });
  const meters = new MeterProvider({
    resource,
    readers: [
      ...(prometheus ? [prometheus] : []),
      ...(metrics
        ? [
            new PeriodicExportingMetricReader({
              exporter: new PresentOtlp(metrics),
              exportIntervalMillis: everyMs,
            }),
          ]
        : []),
    ],
  });
  const meter = meters.getMeter('vigie', parts.version);
  observeProcess(meter);
  const tracers =
    traces &&
    new TracerProvider({
      resource,
      sampler: new TraceIdRatioBasedSampler(sampledShare),
      // Spans that find the queue full are dropped by the SDK: counted among its own metrics.
      spanProcessors: [
        new BatchSpanProcessor({ exporter: new OTLPTraceExporter(traces), selfObsMeterProvider: meters }),
      ],
    });
  let isReady = false;
  let listening: Listening | undefined;
  try {
    listening = prometheus && listen && (await listenForMetrics(prometheus, listen, () => isReady));
  } catch (error) {
    await Promise.all([meters.shutdown(), tracers?.shutdown()]);
    throw error;
  }
  return {
    meter,
    tracer: tracers?.getTracer('vigie', parts.version) ?? NO_TRACER,
    port: listening?.port,
    ready() {
      isReady = true;
    },
    async stop() {
      await Promise.all([tracers?.shutdown().catch(() => {}), meters.shutdown().catch(() => {})]);
      await listening?.stop();
    },
  };
}

/** A collector that does not answer is spoken of, and never stops the work. */
function speakOfTrouble(logger: Logger): void {
  const tell = (message: string) => logger('warn', 'telemetry_failed', { message: message.slice(0, LONGEST_MESSAGE) });
  const nothing = () => {};
  diag.setLogger(
    { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
