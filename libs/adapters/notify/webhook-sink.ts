import { callHttp } from '#libs/adapters/http/call.ts';
import { webhookHeaders, webhookKey } from '#libs/adapters/webhook/sign.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { Delivery, NotificationSink } from '#libs/ports/notifications.ts';

export interface WebhookSinkOptions {
  readonly url: string;
  /** As Standard Webhooks writes them; several while one is replaced. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** Answers that find fault with the message itself: it will never be taken. */
const FAULTY: ReadonlySet<number> = new Set([400, 413, 422]);

/** Each message as a signed POST (Standard Webhooks): the receiver takes an id that it has seen for done. */
export function createWebhookSink(options: WebhookSinkOptions): NotificationSink {
  const { url, clock, timeoutMs = 10_000 } = options;
  const keys = options.secrets.map(webhookKey);
  return {
    async deliver({ id, body }): Promise<Delivery> {
      const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
      const headers = {
        'content-type': 'application/json',
        ...webhookHeaders(id, Math.floor(clock.nowMs() / 1000), text, keys),
      };
      const result = await callHttp({ method: 'POST', url, headers, body: text, timeoutMs, writes: true });
      if (!result.ok) return { outcome: 'failed', detail: result.failure.detail };
      const { status } = result.answer;
      if (status >= 200 && status < 300) return { outcome: 'delivered' };
      const detail = `HTTP ${status}`;
      // A wrong credential or address is mended by a person, and then everything is to arrive.
      return { outcome: FAULTY.has(status) ? 'refused' : 'failed', detail };
    },
    close: async () => {},
  };
}
