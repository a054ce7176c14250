/**
 * The exporters, with gauges as they are: the SDK's cumulative form repeats the last value of every set of attributes for
 * ever, so that a partition that went to another instance would seem to be here still. With two readers, what one of them saw
 * is told to the other once more: at most one interval late.
 */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics';

/** What is observed when somebody looks is told as it is then; everything else adds up. */
const temporalityOf = (type: InstrumentType): AggregationTemporality =>
  type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;

export class PresentPrometheus extends PrometheusExporter {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return temporalityOf(type);
  }
}

export class PresentOtlp extends OTLPMetricExporter {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return temporalityOf(type);
  }
}
