import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
/** Shorter keys can be guessed; the specification asks for 24 to 64 bytes. */
const SHORTEST_KEY = 24;

/** The key of a secret as Standard Webhooks writes it (`whsec_` and base64). Throws where it is none, without showing it. */
export function webhookKey(secret: string): Buffer {
  const key = secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.alloc(0);
  if (key.length < SHORTEST_KEY)
    throw new Error(`a webhook's secret is ${PREFIX} and at least ${SHORTEST_KEY} bytes in base64`);
  return key;
}

/**
 * Headers of Standard Webhooks (standardwebhooks.com, 1.0): the receiver checks the signature over id, time and body,
 * refuses old times, and takes an id it has seen for done. Several keys sign side by side while one is replaced.
 */
export function webhookHeaders(
  id: string,
  timestampS: number,
  body: string,
  keys: readonly Buffer[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const signed = `${id}.${timestampS}.${body}`;
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': signatures.join(' '),
  };
}
