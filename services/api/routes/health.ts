import { z } from 'zod';
import type { ApiParts } from '../parts.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

/** Anybody may ask: the store is asked once a second at most. */
const KEPT_MS = 1_000;
const asked = new WeakMap<ApiParts['store'], { readonly atMs: number; readonly answer: Promise<unknown> }>();

function storeAnswers({ store, clock }: ApiParts): Promise<unknown> {
  const last = asked.get(store);
  const nowMs = clock.nowMs();
  if (last && nowMs >= last.atMs && nowMs < last.atMs + KEPT_MS) return last.answer;
  const answer = store.nextDueMs();
  asked.set(store, { atMs: nowMs, answer });
  return answer;
}

export const healthRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the service runs and reaches its store.',
    permission: 'open',
    answers: {
      200: z.object({ status: z.literal('ok'), version: z.string() }),
      503: z.object({ status: z.literal('store') }),
    },
    async handle({ parts }) {
      try {
        await storeAnswers(parts);
        return { body: { status: 'ok', version: parts.version } };
      } catch {
        return { status: 503, body: { status: 'store' } };
      }
    },
  }),
];
