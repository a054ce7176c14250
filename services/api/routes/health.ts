import { z } from 'zod';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

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
        await parts.store.nextDueMs();
        return { body: { status: 'ok', version: parts.version } };
      } catch {
        return { status: 503, body: { status: 'store' } };
      }
    },
  }),
];
