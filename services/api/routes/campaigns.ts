import { z } from 'zod';
import { campaignOf } from '#services/responder/campaign.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { campaign, limit, listOf } from '../schemas.ts';
import { campaignView } from '../views.ts';

export const campaignRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/campaigns',
    summary: 'Campaigns over many accounts, the last changed first. Each may be contained: selector {"campaign": id}.',
    permission: 'incidents.read',
    query: z.object({ limit }),
    answers: { 200: listOf(campaign) },
    async handle({ query, parts }) {
      const found = await parts.store.cases('campaign', query.limit + 1);
      const items = found.slice(0, query.limit).map((document) => campaignView(campaignOf(document)!));
      return { body: { items, more: found.length > query.limit } };
    },
  }),
];
