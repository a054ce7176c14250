import { z } from 'zod';
import { confirmationOf, HOLDER_ANSWERS } from '#services/responder/confirmation.ts';
import type { ApiParts } from '../parts.ts';
import { ApiProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { time } from '../schemas.ts';

/*
 * Open to whoever holds a link: its signature is the right to answer, once, until it expires. An answer frees nobody.
 */

const params = z.object({ token: z.string().min(1).max(1000) });
const question = z.object({
  account: z.string(),
  from: time,
  to: time,
  people: z.number().int(),
  question: z.string(),
  answers: z.object({ mine: z.string(), not_mine: z.string() }),
  answered: z.boolean(),
  expires: time,
});

async function idOf({ links, clock }: ApiParts, token: string): Promise<string> {
  if (!links) throw new ApiProblem(404, 'there is no such question');
  const read = await links.read(token, clock.nowMs());
  if ('id' in read) return read.id;
  throw read.why === 'expired'
    ? new ApiProblem(410, 'the link has expired')
    : new ApiProblem(404, 'there is no such question');
}

export const confirmationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/confirmations/{token}',
    summary: 'The question behind a link, in French, for the portal to show.',
    permission: 'open',
    params,
    answers: { 200: question },
    async handle({ params: { token }, parts }) {
      const found = confirmationOf(await parts.store.caseDocument('confirmation', await idOf(parts, token)));
      const alert = found && (await parts.store.incident(found.alertId));
      if (!found || !alert) throw new ApiProblem(404, 'there is no such question');
      return {
        headers: { 'cache-control': 'no-store' },
        body: {
          account: found.accountId,
          from: new Date(alert.startedMs).toISOString(),
          to: new Date(alert.timeMs).toISOString(),
          people: alert.exposed,
          question: 'Êtes-vous à l’origine de ces consultations ?',
          answers: { mine: 'Oui, c’était moi', not_mine: 'Non, ce n’était pas moi' },
          answered: found.answer !== '',
          expires: new Date(found.expiresMs).toISOString(),
        },
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/confirmations/{token}',
    summary: 'The holder’s answer, once.',
    permission: 'open',
    params,
    body: z.strictObject({ answer: z.enum(HOLDER_ANSWERS) }),
    answers: { 204: null },
    async handle({ params: { token }, body, parts }) {
      const outcome = await parts.responder.answerHolder(await idOf(parts, token), body.answer);
      if (outcome.done) return { status: 204 };
      if (outcome.why === 'answered') throw new ApiProblem(409, 'the question has been answered');
      throw outcome.why === 'expired'
        ? new ApiProblem(410, 'the link has expired')
        : new ApiProblem(404, 'there is no such question');
    },
  }),
];
