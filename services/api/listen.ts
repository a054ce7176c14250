import { buildApi } from './app.ts';
import { isLoopback } from './identity.ts';
import type { ApiParts } from './parts.ts';

export interface ApiAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM; without both, plain HTTP: for loopback, or behind a proxy that speaks TLS. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Plain HTTP beyond loopback, because something in front of it speaks TLS. */
  readonly behindTls?: boolean;
}

export interface RunningApi {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens. Throws where the address would carry tokens in the clear, or is taken. */
export async function startApi(parts: ApiParts, address: ApiAddress): Promise<RunningApi> {
  const { host, port, tls, behindTls = false } = address;
  const local = isLoopback(host) || host === 'localhost';
  if (!local && !tls && !behindTls) {
    throw new Error(`${host} is not loopback: give a certificate, or say that a proxy in front speaks TLS`);
  }
  const app = buildApi(parts, undefined, tls);
  const url = await app.listen({ host, port });
  return { url, stop: () => app.close() };
}
