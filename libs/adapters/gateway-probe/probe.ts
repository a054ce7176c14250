import { callHttp } from '#libs/adapters/http/call.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { GatewayProbe } from '#libs/ports/gateway-probe.ts';
import { probeToken } from './token.ts';

export interface GatewayProbeOptions {
  /** An address at the gateway that is guarded as the portal is: `https://portail.example.fr/_vigie_probe`. */
  readonly url: string;
  readonly key: Uint8Array;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Asks a gateway over HTTP (deploy/gateway): 403 it refuses, 401 it asks for a stronger sign-in, 2xx it lets through. */
export function createGatewayProbe({ url, key, timeoutMs, clock }: GatewayProbeOptions): GatewayProbe {
  return {
    async ask(accountId) {
      const token = await probeToken(key, accountId, clock.nowMs());
      const headers = { authorization: `Bearer ${token}`, 'cache-control': 'no-store' };
      const result = await callHttp({ method: 'GET', url, headers, timeoutMs, writes: false });
      if (!result.ok) return { answer: 'unknown', detail: result.failure.detail };
      const { status, headers: answered } = result.answer;
      if (status === 403) return { answer: 'suspended' };
      // A 401 that does not ask for more is about the probe's own token: a key that differs, a clock that is off.
      const asks = answered.get('www-authenticate') ?? '';
      if (status === 401 && asks.includes('insufficient_user_authentication')) return { answer: 'step_up' };
      if (status >= 200 && status < 300) return { answer: 'admitted' };
      return { answer: 'unknown', detail: `HTTP ${status}` };
    },
  };
}
