/** Metrics for Prometheus and health for whoever runs the process, over one small HTTP server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';

export interface Listening {
  /** Port that was taken. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Answers `GET /metrics` and `GET /healthz` (200 once `isReady` says so, 503 before).
 * Errors: rejects where the address cannot be listened on.
 */
export async function listenForMetrics(
  exporter: PrometheusExporter,
  address: { readonly host: string; readonly port: number },
  isReady: () => boolean,
): Promise<Listening> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
    else if (path === '/metrics') exporter.getMetricsRequestHandler(request, response);
    else if (path === '/healthz') {
      const ready = isReady();
      response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify({ status: ready ? 'ok' : 'starting' }));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address.port, address.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
