import type { CallFailure } from '#libs/ports/accounts.ts';

/**
 * One HTTP request to whoever keeps accounts, bounded in time and size, with every way in which it can fail told apart by
 * what it leaves us knowing. Nothing of an answer's body gets into a failure's words: it may hold personal data.
 */

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** The request changes something: when its answer is lost, it is not known whether it did. */
  readonly writes: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}
export type HttpResult =
  | { readonly ok: true; readonly answer: HttpAnswer }
  | { readonly ok: false; readonly failure: CallFailure };

const LARGEST_ANSWER = 1_048_576;

/** The connection was never made, so that nothing can have been done. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error.name === 'TimeoutError') return 'timeout';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new Error('the answer is too large');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Makes one request. Never throws for what the network or the other side does. Redirects are not followed. */
export async function callHttp(request: HttpRequest): Promise<HttpResult> {
  const { method, url, headers, body, timeoutMs, writes } = request;
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    return {
      ok: true,
      answer: { status: response.status, headers: response.headers, text: await boundedText(response) },
    };
  } catch (error) {
    const cause = causeOf(error);
    const detail = cause === 'timeout' ? `no answer in ${timeoutMs} ms` : `no answer (${cause})`;
    return { ok: false, failure: { outcome: writes && !NOT_SENT.has(cause) ? 'unknown' : 'unavailable', detail } };
  }
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 600_000;

/** The wait that a `Retry-After` asks for (seconds or a date), ms. */
export function retryAfter(header: string | null, nowMs: number): number {
  if (!header) return FIRST_WAIT_MS;
  const asked = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(asked) ? Math.min(LONGEST_WAIT_MS, Math.max(0, asked)) : FIRST_WAIT_MS;
}

/** What a status other than the ones a call expects leaves us knowing. */
export function failureOf({ status, headers }: HttpAnswer, writes: boolean): CallFailure {
  const detail = `HTTP ${status}`;
  if (status === 401 || status === 403) return { outcome: 'denied', detail };
  if (status === 404 || status === 410) return { outcome: 'not_found', detail };
  if (status === 408) return { outcome: writes ? 'unknown' : 'unavailable', detail };
  if (status === 429) {
    return { outcome: 'throttled', detail, retryAfterMs: retryAfter(headers.get('retry-after'), Date.now()) };
  }
  // A gateway says 502 or 504 of a request that its server may have carried out, and a server 500 of one half done.
  if (status === 503 || status === 501) return { outcome: 'unavailable', detail };
  if (status >= 500) return { outcome: writes ? 'unknown' : 'unavailable', detail };
  return { outcome: 'rejected', detail };
}

/** The body as JSON, `undefined` where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
