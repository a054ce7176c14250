import { z } from 'zod';
import { actorOf } from '#libs/model/person.ts';
import { confirmationOf } from '#services/responder/confirmation.ts';
import { LONGEST_BENIGN_DAYS, VERDICTS, verdictOf } from '#services/responder/verdict.ts';
import { decided } from '../outcome.ts';
import type { ApiParts } from '../parts.ts';
import { ApiProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { action, confirmation, incident, limit, listOf, objectId, reason, time, verdict } from '../schemas.ts';
import { actionView, confirmationView, incidentView, verdictView } from '../views.ts';

async function oneIncident({ store, restrictions }: ApiParts, id: string) {
  const alert = await store.incident(id);
  if (!alert) throw new ApiProblem(404, 'there is no incident of that id');
  const given = verdictOf(await store.caseDocument('verdict', id));
  return { alert, view: incidentView(alert, restrictions.get(alert.account.id), given) };
}

export const incidentRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/incidents',
    summary: 'Incidents, the newest first.',
    permission: 'incidents.read',
    query: z.object({ limit }),
    answers: { 200: listOf(incident) },
    async handle({ query, parts }) {
      const { store, restrictions } = parts;
      const alerts = await store.incidents(query.limit + 1);
      const items = await Promise.all(
        alerts.slice(0, query.limit).map(async (alert) => {
          const given = verdictOf(await store.caseDocument('verdict', alert.id));
          return incidentView(alert, restrictions.get(alert.account.id), given);
        }),
      );
      return { body: { items, more: alerts.length > query.limit } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}',
    summary: 'One incident with what was done about it and what its holder said.',
    permission: 'incidents.read',
    params: z.object({ id: objectId }),
    answers: {
      200: incident.extend({ actions: z.array(action), confirmations: z.array(confirmation) }),
    },
    async handle({ params, parts }) {
      const { alert, view } = await oneIncident(parts, params.id);
      const records = await parts.store.actionsOf(alert.account.id);
      const asked = (await parts.store.casesOf('confirmation', alert.account.id)).map((d) => confirmationOf(d)!);
      return {
        body: {
          ...view,
          actions: records.filter((r) => r.plan.alertId === alert.id).map(actionView),
          confirmations: asked.filter((c) => c.alertId === alert.id).map(confirmationView),
        },
      };
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/incidents/{id}/verdict',
    summary: `What it was: true, false, or benign with a reason and an end (at most ${LONGEST_BENIGN_DAYS} days ahead).`,
    permission: 'verdicts.write',
    params: z.object({ id: objectId }),
    body: z
      .strictObject({ verdict: z.enum(VERDICTS), reason, until: time.optional() })
      .refine((v) => (v.verdict === 'benign') === (v.until !== undefined), {
        path: ['until'],
        message: 'goes with benign, and only with it',
      }),
    answers: { 200: verdict },
    async handle({ params, body, person, parts }) {
      const untilMs = body.until === undefined ? 0 : Date.parse(body.until);
      const wish = { alertId: params.id, verdict: body.verdict, reason: body.reason, untilMs };
      decided(await parts.responder.verdict(wish, actorOf(person)));
      return { body: verdictView(verdictOf(await parts.store.caseDocument('verdict', params.id))!) };
    },
  }),
];
