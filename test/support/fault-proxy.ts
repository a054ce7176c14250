import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it passed: method and path with query. */
export interface PassedRequest {
  readonly method: string;
  readonly path: string;
}

/**
 * What happens to a request. `status`: answered so, never forwarded. `lost`: carried out by the server, and its answer
 * lost. `cut`: the connection breaks before anything is forwarded. `hang`: no answer, ever. `slow`: forwarded after a wait.
 */
export type Fault = (
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'lost' | 'cut' | 'hang' }
  | { readonly kind: 'slow'; readonly ms: number }
) & {
  readonly on: (request: PassedRequest) => boolean;
  /** How many requests it still strikes. */
  times: number;
  struck?: number;
};

export interface FaultProxy {
  /** Stands in for the target's root. */
  readonly url: string;
  readonly passed: PassedRequest[];
  faults: Fault[];
  close(): Promise<void>;
}

async function forward(target: string, request: IncomingMessage, body: Buffer): Promise<Response> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (!['host', 'connection', 'content-length'].includes(name)) headers.set(name, String(value));
  }
  const method = request.method ?? 'GET';
  return fetch(new URL(request.url ?? '/', target), {
    method,
    headers,
    redirect: 'manual',
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
}

/** A proxy on loopback before a real server, which spoils requests to order and counts what it spoilt. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const proxy = { passed: [] as PassedRequest[], faults: [] as Fault[] };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const passing = { method: request.method ?? '', path: request.url ?? '' };
    proxy.passed.push(passing);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const fault = proxy.faults.find((f) => f.times > 0 && f.on(passing));
    if (fault) {
      fault.times -= 1;
      fault.struck = (fault.struck ?? 0) + 1;
      if (fault.kind === 'hang') return;
      if (fault.kind === 'cut') return void request.socket.destroy();
      if (fault.kind === 'status') {
        response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
        return void response.end(fault.body ?? '');
      }
      if (fault.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    }
    const real = await forward(target, request, Buffer.concat(chunks));
    const bytes = Buffer.from(await real.arrayBuffer());
    if (fault?.kind === 'lost') return void request.socket.destroy();
    const headers = Object.fromEntries(
      [...real.headers].filter(([name]) => !/^(transfer|content)-encoding$/.test(name)),
    );
    if (real.status === 204) delete headers['content-length'];
    response.writeHead(real.status, headers);
    response.end(bytes);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
