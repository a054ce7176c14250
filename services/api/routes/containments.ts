import { z } from 'zod';
import type { ContainmentPreview, DirectoryAccount } from '#libs/model/containment.ts';
import { previewContainment } from '#libs/respond/index.ts';
import { campaignOf, membersOf } from '#services/responder/campaign.ts';
import { containmentOf } from '#services/responder/containment.ts';
import { decided } from '../outcome.ts';
import type { ApiParts } from '../parts.ts';
import { ApiProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { containment, limit, listOf, objectId, preview, reason, restrictingRung, selector } from '../schemas.ts';
import { containmentView, previewView } from '../views.ts';

const question = {
  selector,
  rung: restrictingRung.default('suspend'),
  include_protected: z.boolean().default(false).describe('protected accounts too'),
};

/** Who would be hurt, by the directory as it is now. */
async function previewOf(
  { directory, restrictions, policy, clock, store }: ApiParts,
  wish: z.infer<z.ZodObject<typeof question>>,
): Promise<ContainmentPreview> {
  const { campaign: campaignId } = wish.selector;
  const campaign = campaignId === undefined ? undefined : campaignOf(await store.caseDocument('campaign', campaignId));
  if (campaignId !== undefined && !campaign) throw new ApiProblem(404, 'there is no campaign of that id');
  if (!directory && !campaign) throw new ApiProblem(409, 'no directory of accounts is configured');
  const accounts: DirectoryAccount[] = [];
  for await (const account of directory?.accounts() ?? []) accounts.push(account);
  const listed = new Set(accounts.map(({ id }) => id));
  // Whoever the log has seen is meant, whether a directory knows of them or not.
  if (campaign) accounts.push(...membersOf(campaign).filter(({ id }) => !listed.has(id)));
  return previewContainment({
    directory: accounts,
    selector: wish.selector,
    ...(campaign ? { members: new Set(campaign.members.map((m) => m.account.id)) } : {}),
    rung: wish.rung,
    protectedAccounts: policy().protectedAccounts,
    includeProtected: wish.include_protected,
    restrictionOf: (accountId) => restrictions.get(accountId),
    nowMs: clock.nowMs(),
  });
}

const params = z.object({ id: objectId });
const withReason = z.strictObject({ reason });

export const containmentRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/containments/preview',
    summary: 'Who would be restricted, who is spared, and which professions would be missing where. Changes nothing.',
    permission: 'containments.read',
    body: z.strictObject(question),
    answers: { 200: preview },
    handle: async ({ body, parts }) => ({ body: previewView(await previewOf(parts, body)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/containments',
    summary: 'Asks for a containment of what the preview showed (its digest). Another person has to approve it.',
    permission: 'containments.ask',
    body: z.strictObject({
      ...question,
      digest: z.string().length(64).describe('of the preview: the list must still be the same'),
      reason,
      slice_size: z.number().int().min(1).max(1000).default(50),
      slice_every_minutes: z.number().min(0).max(1440).default(5),
      length_hours: z.number().min(0).max(8760).default(0).describe('0: until it is reverted'),
    }),
    answers: { 201: containment },
    async handle({ body, person, parts }) {
      const shown = await previewOf(parts, body);
      if (shown.digest !== body.digest)
        throw new ApiProblem(409, 'the list has changed since the preview: look at it again');
      const wish = {
        selector: body.selector,
        rung: body.rung,
        reason: body.reason,
        sliceSize: body.slice_size,
        sliceEveryMs: body.slice_every_minutes * 60_000,
        lengthMs: body.length_hours * 3_600_000,
      };
      const decision = decided(await parts.responder.contain.propose(wish, shown, person));
      return { status: 201, body: containmentView(decision.containment) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/containments',
    summary: 'Containments, the last changed first.',
    permission: 'containments.read',
    query: z.object({ limit }),
    answers: { 200: listOf(containment) },
    async handle({ query, parts }) {
      const found = await parts.store.cases('containment', query.limit + 1);
      const items = found.slice(0, query.limit).map((d) => containmentView(containmentOf(d)!));
      return { body: { items, more: found.length > query.limit } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/containments/{id}',
    summary: 'One containment with its list of accounts.',
    permission: 'containments.read',
    params,
    answers: { 200: containment.extend({ accounts: z.array(z.string()) }) },
    async handle(input) {
      const found = containmentOf(await input.parts.store.caseDocument('containment', input.params.id));
      if (!found) throw new ApiProblem(404, 'there is no containment of that id');
      return { body: { ...containmentView(found), accounts: [...found.accounts] } };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/containments/{id}/approve',
    summary: 'The second person lets it go, naming the digest of the list they have seen.',
    permission: 'containments.decide',
    params,
    body: z.strictObject({ digest: z.string().length(64) }),
    answers: { 200: containment },
    async handle({ params: { id }, body, person, parts }) {
      const decision = decided(await parts.responder.contain.approve(id, body.digest, person));
      return { body: containmentView(decision.containment) };
    },
  }),
  ...(['pause', 'resume', 'revert'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/v1/containments/{id}/${verb}`,
      summary: {
        pause: 'No further slice; what is restricted stays so.',
        resume: 'Goes on with a paused one.',
        revert: 'Gives every account back that it restricted, or withdraws one that waits for approval.',
      }[verb],
      permission: 'containments.decide',
      params,
      body: withReason,
      answers: { 200: containment },
      async handle({ params: { id }, body, person, parts }) {
        const decision = decided(await parts.responder.contain[verb](id, body.reason, person));
        return { body: containmentView(decision.containment) };
      },
    }),
  ),
];
