import { z } from 'zod';
import { admitNewPerson } from '../admissions.ts';
import { restrictionAt } from '../portal-gate.ts';
import { ApiProblem } from '../problem.ts';
import { createRefusedPeople } from '../refused-people.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { accountId, listOf, restriction } from '../schemas.ts';
import { restrictionView } from '../views.ts';

/** What a portal's gateway asks: answered from memory. */
export function restrictionRoutes(): readonly Route[] {
  const refusedPeople = createRefusedPeople();
  return [
    route({
      method: 'GET',
      path: '/v1/restrictions/{account}',
      summary: 'What holds for an account now. With If-None-Match: 304 where nothing has changed.',
      permission: 'restrictions.read',
      params: z.object({ account: accountId }),
      answers: { 200: restriction, 304: null },
      handle({ params, headers, parts }) {
        const found = restrictionAt(parts.restrictions, params.account, parts.clock.nowMs());
        const etag = `"${found ? found.seq : 'none'}"`;
        // Kept by the gateway, and asked about each time: the next request may be the one to refuse.
        const kept = { etag, 'cache-control': 'private, no-cache' };
        const known = String(headers['if-none-match'] ?? '').split(/\s*,\s*/);
        if (known.some((k) => k === '*' || k.replace(/^W\//, '') === etag)) return { status: 304, headers: kept };
        return { headers: kept, body: restrictionView(params.account, found) };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/restrictions',
      summary: 'Every account that is restricted now.',
      permission: 'incidents.read',
      answers: { 200: listOf(restriction) },
      handle({ parts }) {
        const nowMs = parts.clock.nowMs();
        const items = [...parts.restrictions.entries()]
          .filter((r) => r.untilMs === 0 || nowMs < r.untilMs)
          .sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
          .map((r) => restrictionView(r.accountId, r));
        return { body: { items, more: false } };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/restrictions/{account}/new-person',
      summary:
        'May the account look up one more person it does not know? 204: yes, and it is counted. 429: not this hour.',
      permission: 'restrictions.enforce',
      params: z.object({ account: accountId }),
      answers: { 204: null },
      async handle({ params, parts }) {
        const nowMs = parts.clock.nowMs();
        const found = restrictionAt(parts.restrictions, params.account, nowMs);
        if (found?.restriction === 'suspended') throw new ApiProblem(403, 'the account is suspended');
        if (found?.restriction !== 'throttle') return { status: 204 };
        if (!(await admitNewPerson(parts.store, params.account, found.newPerHour, nowMs))) {
          const refused = refusedPeople(params.account, found.newPerHour, nowMs);
          if (refused > 0) await parts.responder.tellPressed(found, refused);
          throw new ApiProblem(429, 'the account is limited to people it knows for now');
        }
        return { status: 204 };
      },
    }),
  ];
}
