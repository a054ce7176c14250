import { z } from 'zod';
import { ACTION_STATES } from '#libs/model/action.ts';
import { actorOf } from '#libs/model/person.ts';
import { decided } from '../outcome.ts';
import type { ApiParts } from '../parts.ts';
import { ApiProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { action, limit, listOf, objectId, reason } from '../schemas.ts';
import { actionView } from '../views.ts';

async function oneAction({ store }: ApiParts, id: string) {
  const record = await store.action(id);
  if (!record) throw new ApiProblem(404, 'there is no action of that id');
  return actionView(record);
}
const params = z.object({ id: objectId });

export const actionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/actions',
    summary: 'Actions in one state, the oldest first: what waits for approval, unless said otherwise.',
    permission: 'actions.read',
    query: z.object({ state: z.enum(ACTION_STATES).default('waiting_approval'), limit }),
    answers: { 200: listOf(action) },
    async handle({ query, parts }) {
      const found = await parts.store.actionsIn(query.state, query.limit + 1);
      return { body: { items: found.slice(0, query.limit).map(actionView), more: found.length > query.limit } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/actions/{id}',
    summary: 'One action.',
    permission: 'actions.read',
    params,
    answers: { 200: action },
    handle: async (input) => ({ body: await oneAction(input.parts, input.params.id) }),
  }),
  route({
    method: 'POST',
    path: '/v1/actions/{id}/approve',
    summary: 'Lets a plan go ahead that the machine asks about.',
    permission: 'actions.decide',
    params,
    answers: { 200: action },
    async handle(input) {
      await oneAction(input.parts, input.params.id);
      decided(await input.parts.responder.approve(input.params.id, actorOf(input.person)));
      return { body: await oneAction(input.parts, input.params.id) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/actions/{id}/reject',
    summary: 'Decides against a waiting plan.',
    permission: 'actions.decide',
    params,
    body: z.strictObject({ reason }),
    answers: { 200: action },
    async handle(input) {
      await oneAction(input.parts, input.params.id);
      decided(await input.parts.responder.reject(input.params.id, actorOf(input.person), input.body.reason));
      return { body: await oneAction(input.parts, input.params.id) };
    },
  }),
];
