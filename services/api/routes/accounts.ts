import { z } from 'zod';
import { actorOf } from '#libs/model/person.ts';
import { isHolding } from '#libs/respond/index.ts';
import { demandNewPassword } from '../new-password.ts';
import { decided } from '../outcome.ts';
import type { ApiParts } from '../parts.ts';
import { ApiProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { accountId, action, objectId, reason, restriction, time } from '../schemas.ts';
import { actionView, restrictionView } from '../views.ts';

const params = z.object({ account: accountId });
const HOUR_MS = 3_600_000;

/** When the earliest of the incidents began for which something holds on the account, ms. */
async function incidentStart({ store }: ApiParts, account: string): Promise<number | undefined> {
  const holding = (await store.actionsOf(account)).filter(isHolding);
  const alerts = await Promise.all(holding.map(({ plan }) => store.incident(plan.alertId)));
  const started = alerts.flatMap((alert) => (alert ? [alert.startedMs] : []));
  return started.length > 0 ? Math.min(...started) : undefined;
}

export const accountRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/accounts/{account}',
    summary: 'What holds for an account, and everything that was done about it.',
    permission: 'incidents.read',
    params,
    answers: { 200: z.object({ restriction, actions: z.array(action) }) },
    async handle({ params: { account }, parts }) {
      const actions = (await parts.store.actionsOf(account)).map(actionView);
      return { body: { restriction: restrictionView(account, parts.restrictions.get(account)), actions } };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/accounts/{account}/reenable',
    summary:
      'Gives an account back: a new password is demanded first, every restriction is lifted, the detector is told.',
    permission: 'accounts.reenable',
    params,
    body: z.strictObject({
      reason,
      new_password: z.boolean().default(true).describe('demand a new password at the next sign-in'),
      grace_hours: z
        .number()
        .min(0)
        .max(168)
        .default(24)
        .describe('how long the score stays silent; quotas hold all the same'),
    }),
    answers: {
      200: z.object({
        restriction,
        actions: z.array(action),
        new_password: z.enum(['demanded', 'not_asked', 'not_offered']),
      }),
    },
    async handle({ params: { account }, body, person, parts }) {
      const actor = actorOf(person);
      const nowMs = parts.clock.nowMs();
      // First, while the account is still closed: an account that opened before would be the thief's for that moment.
      const newPassword = body.new_password
        ? await demandNewPassword(
            parts.connector,
            account,
            { actor, reason: body.reason, actionId: '', atMs: nowMs },
            await incidentStart(parts, account),
          )
        : 'not_asked';
      const decision = decided(
        await parts.responder.reenable(account, actor, body.reason, {
          graceMs: body.grace_hours * HOUR_MS,
          note: `new password ${newPassword.replace('_', ' ')}`,
        }),
      );
      return {
        body: {
          restriction: restrictionView(account, parts.restrictions.get(account)),
          actions: decision.changed.map(actionView),
          new_password: newPassword,
        },
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/accounts/{account}/confirmation',
    summary:
      'Opens the question "was it you?" about the latest incident: a signed link that the portal shows to the holder.',
    permission: 'holder.ask',
    params,
    body: z.strictObject({ incident: objectId.exactOptional(), hours: z.number().min(0.25).max(168).default(24) }),
    answers: { 201: z.object({ link: z.string(), incident: z.string(), expires: time }) },
    async handle({ params: { account }, body, person, parts }) {
      if (!parts.links) throw new ApiProblem(404, 'no key for links is configured');
      const lifeMs = body.hours * HOUR_MS;
      const asked = await parts.responder.askHolder(account, body.incident, lifeMs, actorOf(person));
      if (!asked) throw new ApiProblem(404, 'there is no incident to ask about');
      return {
        status: 201,
        body: {
          link: await parts.links.link(asked.id, asked.expiresMs),
          incident: asked.alertId,
          expires: new Date(asked.expiresMs).toISOString(),
        },
      };
    },
  }),
];
