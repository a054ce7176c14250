import { z } from 'zod';
import { checkAudit } from '#services/audit/check.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { auditLine, limit, listOf } from '../schemas.ts';
import { auditView } from '../views.ts';

export const auditRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/audit',
    summary: 'Lines of the audit log, each with the hash of the one before it.',
    permission: 'audit.read',
    query: z.object({ from: z.coerce.number().int().min(1).default(1).describe('first line wanted'), limit }),
    answers: { 200: listOf(auditLine) },
    async handle({ query, parts }) {
      const lines = await parts.store.audit(query.from, query.limit + 1);
      return { body: { items: lines.slice(0, query.limit).map(auditView), more: lines.length > query.limit } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/audit/check',
    summary: 'The whole chain checked by the server. To trust nobody’s word, read the lines and check them yourself.',
    permission: 'audit.read',
    answers: {
      200: z.object({
        whole: z.boolean(),
        lines: z.number().int(),
        head: z.object({ seq: z.number().int(), hash: z.string() }).nullable(),
        broken: z.object({ seq: z.number().int(), problem: z.string() }).nullable(),
      }),
    },
    async handle({ parts }) {
      const { lines, head, broken } = await checkAudit((from, count) => parts.store.audit(from, count));
      return { body: { whole: !broken, lines, head: head ?? null, broken: broken ?? null } };
    },
  }),
];
