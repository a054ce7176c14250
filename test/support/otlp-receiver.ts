/** A collector for OpenTelemetry over HTTP and JSON: keeps what it is sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
interface Attribute {
  readonly key: string;
  readonly value: Value;
}
interface DataPoints {
  readonly dataPoints: readonly {
    readonly attributes: readonly Attribute[];
    readonly asDouble?: number;
    readonly asInt?: string;
    readonly count?: string | number;
  }[];
}
interface Metric {
  readonly name: string;
  readonly sum?: DataPoints;
  readonly gauge?: DataPoints;
  readonly histogram?: DataPoints;
}
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

export const wordOf = ({ value }: Attribute): string =>
  String(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue);

export async function otlpReceiver() {
  const bodies: string[] = [];
  let metrics = new Map<string, Metric>();
  const names = new Set<string>();
  const spans: ReceivedSpan[] = [];
  const resources: Attribute[] = [];
  const headers: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    bodies.push(body);
    headers.push(request.headers.authorization);
    const parsed = JSON.parse(body);
    for (const { resource, scopeMetrics } of parsed.resourceMetrics ?? []) {
      resources.push(...resource.attributes);
      metrics = new Map();
      for (const { metrics: some } of scopeMetrics)
        for (const metric of some) {
          metrics.set(metric.name, metric);
          names.add(metric.name);
        }
    }
    for (const { scopeSpans } of parsed.resourceSpans ?? []) for (const s of scopeSpans) spans.push(...s.spans);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** As they came, for looking through. */
    bodies,
    /** The metrics of the last word. */
    metrics: (): ReadonlyMap<string, Metric> => metrics,
    /** Of every metric that ever came. */
    names,
    spans,
    resources,
    /** Authorization header of each request. */
    headers,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
