import type { Meter } from '@opentelemetry/api';
import type { AnsweredRequest } from './parts.ts';

/** Methods that the API knows; anybody can send others, and each would be a label of its own. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Answered requests as metrics, by the route as it is written: what was asked for may name an account. */
export function apiTelemetry(meter: Meter): (request: AnsweredRequest) => void {
  const duration = meter.createHistogram('vigie_api_request_duration_ms', {
    description: 'answered requests of the API, by route, method and status',
    unit: 'ms',
  });
  return ({ route, method, status, tookMs }) =>
    duration.record(tookMs, { route, method: METHODS.has(method) ? method : 'other', status });
}
