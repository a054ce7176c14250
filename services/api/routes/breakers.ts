import { z } from 'zod';
import { actorOf } from '#libs/model/person.ts';
import { budgetLeft, createResponseState, restoreResponseState } from '#libs/respond/index.ts';
import { decided } from '../outcome.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { reason, restrictingRung, time } from '../schemas.ts';

const RUNGS = restrictingRung.options;

export const breakerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/breakers',
    summary: 'Open breakers, and how many more accounts the machine may put on each rung by itself now.',
    permission: 'breakers.read',
    answers: {
      200: z.object({
        items: z.array(z.object({ scope: z.string(), opened: time, queued: z.number().int() })),
        budget_left: z.record(restrictingRung, z.number().int()),
        kill_switch: z.boolean(),
        dry_run: z.boolean(),
      }),
    },
    async handle({ parts }) {
      const policy = parts.policy();
      const { snapshot } = await parts.store.readPlanning();
      const state = snapshot ? restoreResponseState(policy, snapshot) : createResponseState(policy);
      const nowMs = parts.clock.nowMs();
      return {
        body: {
          items: [...state.breakers].map(([scope, { openedMs, queued }]) => ({
            scope,
            opened: new Date(openedMs).toISOString(),
            queued,
          })),
          budget_left: Object.fromEntries(RUNGS.map((rung) => [rung, budgetLeft(state, rung, nowMs)])),
          kill_switch: policy.killSwitch,
          dry_run: policy.dryRun,
        },
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/breakers/close',
    summary: 'Closes an open breaker. What it queued stays with the people who approve.',
    permission: 'breakers.close',
    body: z.strictObject({ scope: z.string().min(1).max(200), reason }),
    answers: { 204: null },
    async handle({ body, person, parts }) {
      decided(await parts.responder.closeBreaker(body.scope, actorOf(person), body.reason));
      return { status: 204 };
    },
  }),
];
